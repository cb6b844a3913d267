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
    let rows = try #require(JSONSchema.schema(of: .safetyStock)["properties"]?["rows"]?["items"])
    #expect(rows["required"] == ["sku", "units"])
  }
}
