import DesiredState
import Operations
import Testing

@testable import Commands

@Suite struct JSONSchemaTests {
  @Test(arguments: Kind.allCases)
  func everyFieldOfAKindIsDescribed(kind: Kind) throws {
    let schema = JSONSchema.schema(of: kind)
    #expect(schema["$schema"] == JSONSchema.dialect && schema["additionalProperties"] == false)
    let properties = try #require(schema["properties"]?.object)
    let specs = Schema.commonFields(of: kind) + Schema.fields(of: kind)
    #expect(Set(properties.keys) == Set(specs.map(\.name)))
    #expect(properties.values.allSatisfy { $0["description"]?.string?.isEmpty == false })
    let required = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
    #expect(required == Set(specs.filter(\.isRequired).map(\.name)))
    #expect(JSONSchema.bundle()["$defs"]?[kind.rawValue]?["properties"] == schema["properties"])
  }

  @Test func patternsAndLimitsComeFromTheFieldTypes() throws {
    let channel = try #require(JSONSchema.schema(of: .channel)["properties"])
    #expect(channel["type"]?["enum"]?.array?.contains("marketplace") == true)
    #expect(channel["cap"]?["required"] == ["window"] && channel["cap"]?["additionalProperties"] == false)
    #expect(channel["max_publish"]?["maximum"]?.integer == Limits.quantity)
    let node = try #require(JSONSchema.schema(of: .node)["properties"])
    #expect(node["handling_cost"]?["type"] == "number" && node["handling_cost"]?["minimum"] == 0)
    let open = try #require(JSONSchema.schema(of: .calendar)["properties"]?["open"])
    let days = try #require(open["patternProperties"]?.object)
    #expect(open["additionalProperties"] == false && days.count == 1)
    for (key, hours) in days {
      let (key, hours) = (try Regex(key), try Regex(hours["pattern"]?.string ?? ""))
      for day in ["mon", "sat-mon", "2026-12-24"] { #expect(day.wholeMatch(of: key) != nil) }
      for day in ["monday", "mon-", "24.12."] { #expect(day.wholeMatch(of: key) == nil) }
      #expect("08:00-24:00".wholeMatch(of: hours) != nil && "8-18".wholeMatch(of: hours) == nil)
    }
    let rows = try #require(JSONSchema.schema(of: .safetyStock)["properties"]?["rows"]?["items"])
    #expect(rows["required"] == ["sku", "units"])
  }
}
