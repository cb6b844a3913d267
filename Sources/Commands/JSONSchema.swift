import DesiredState
import Operations

/// The kinds as JSON Schema 2020-12, for editors that complete and check while one types.
///
/// It says what each field may hold; what holds between resources (names that must exist, windows that overlap) only
/// `purser validate` can tell.
enum JSONSchema {
  static let dialect: JSONValue = "https://json-schema.org/draft/2020-12/schema"

  /// The schema of one kind.
  static func schema(of kind: Kind) -> JSONValue {
    guard case .object(var members) = definition(of: kind) else { return .null }
    members["$schema"] = dialect
    return .object(members)
  }

  /// The schema of a file that holds resources of any kind. `kind` chooses by if and then rather than by `oneOf`, so that
  /// an editor names the field that is wrong and not every kind that the document is not.
  static func bundle() -> JSONValue {
    let kinds = Kind.allCases
    return [
      "$schema": dialect,
      "title": "A resource of an operations repository",
      "type": "object",
      "required": ["kind"],
      "properties": [
        "kind": ["enum": .array(kinds.map { .string($0.rawValue) }), "description": "What the resource is."]
      ],
      "allOf": .array(
        kinds.map { kind in
          [
            "if": ["properties": ["kind": ["const": .string(kind.rawValue)]], "required": ["kind"]],
            "then": ["$ref": .string("#/$defs/\(kind.rawValue)")],
          ]
        }),
      "$defs": .object(Dictionary(uniqueKeysWithValues: kinds.map { ($0.rawValue, definition(of: $0)) })),
    ]
  }

  private static func definition(of kind: Kind) -> JSONValue {
    let fields = Schema.commonFields(of: kind) + Schema.fields(of: kind)
    guard case .object(var members) = object(fields), case .object(var properties)? = members["properties"] else {
      return .null
    }
    properties["kind"] = ["const": .string(kind.rawValue), "description": "What the resource is."]
    properties["name"] = [
      "type": "string", "pattern": "^[A-Za-z0-9._-]+$", "maxLength": .integer(Int64(Limits.nameBytes)),
      "description": "Its name, unique within the kind.",
    ]
    members["properties"] = .object(properties)
    members["title"] = .string(kind.rawValue)
    members["description"] = .string(kind.help)
    return .object(members)
  }

  private static func object(_ fields: [FieldSpec]) -> JSONValue {
    var properties: [String: JSONValue] = [:]
    for field in fields {
      var schema = type(field.type).object ?? [:]
      schema["description"] = .string(field.help)
      properties[field.name] = .object(schema)
    }
    return [
      "type": "object", "additionalProperties": false, "properties": .object(properties),
      "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
    ]
  }

  private static func type(_ type: FieldType) -> JSONValue {
    switch type {
    case .text: ["type": "string", "minLength": 1]
    case .reference(let kind):
      ["type": "string", "pattern": "^[A-Za-z0-9._-]+$", "$comment": .string("The name of a \(kind.rawValue).")]
    // A number is a SKU too: Purser keeps it as written.
    case .sku: ["type": ["string", "number"]]
    case .name: ["type": "string", "minLength": 1, "maxLength": .integer(Int64(Limits.nameBytes))]
    case .quantity(let minimum):
      ["type": "integer", "minimum": .integer(minimum), "maximum": .integer(Limits.quantity)]
    case .integer(let range):
      ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    case .bool: ["type": "boolean"]
    case .rate: pattern(#"^(100(\.0{1,4})?|[0-9]{1,2}(\.[0-9]{1,4})?)%$"#, "30%", "2.5%")
    case .span: pattern("^[1-9][0-9]*[dhms]$", "7d", "36h", "15m")
    case .instant:
      pattern(
        #"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"#,
        "2026-11-20T00:00:00Z")
    case .date: pattern("^\(datePattern)$", "2026-12-25")
    case .timeOfDay: pattern("^\(timePattern)$", "14:00")
    case .timeZone: pattern("^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", "Europe/Berlin", "UTC")
    case .openDays:
      [
        "type": "object", "additionalProperties": false,
        "patternProperties": [
          "^(\(weekdayPattern)(-\(weekdayPattern))?|\(datePattern))$":
            pattern("^\(timePattern)-\(timePattern)$", "08:00-18:00")
        ],
      ]
    case .money: ["type": "number", "minimum": 0, "maximum": .integer(Limits.money / 100)]
    case .publicKey: pattern("^(sk-)?(ssh|ecdsa)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?$")
    case .ed25519Key: pattern("^ssh-ed25519 [A-Za-z0-9+/=]+( .*)?$")
    case .choice(let words): ["enum": .array(words.map { .string($0) })]
    case .safetyStockRows: self.type(.list(.object(Schema.safetyStockRow)))
    case .list(let element): ["type": "array", "items": self.type(element)]
    case .object(let fields): object(fields)
    case .map(let element): ["type": "object", "additionalProperties": self.type(element)]
    case .either(let words, let other):
      ["anyOf": [["enum": .array(words.map { .string($0) })], self.type(other)]]
    }
  }

  private static let datePattern = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
  private static let timePattern = "(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
  private static let weekdayPattern = "(\(Weekday.names.joined(separator: "|")))"

  private static func pattern(_ pattern: String, _ examples: JSONValue...) -> JSONValue {
    var members: [String: JSONValue] = ["type": "string", "pattern": .string(pattern)]
    if !examples.isEmpty { members["examples"] = .array(examples) }
    return .object(members)
  }
}
