public import Diagnostics
public import Operations

/// A value as written, with the place where it stands.
public struct Field: Hashable, Sendable {
  public enum Value: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case bool(Bool)
    case rate(Rate)
    case span(TimeSpan)
    case instant(Instant)
    case date(LocalDate)
    case timeOfDay(TimeOfDay)
    case hours(OpenHours)
    indirect case timeZone(ZoneRules)
    /// In minor units.
    case money(Int64)
    case list([Field])
    case members(Members)
    indirect case rows(SafetyStockRows)
  }

  public var value: Value
  public var location: SourceLocation

  public init(_ value: Value, at location: SourceLocation) {
    self.value = value
    self.location = location
  }

  // Never inlined: Swift 6.3.1 crashes when it optimizes these across modules ("Found ownership error").
  @inline(never) public var text: String? { if case .text(let value) = value { value } else { nil } }
  @inline(never) public var integer: Int64? { if case .integer(let value) = value { value } else { nil } }
  @inline(never) public var bool: Bool? { if case .bool(let value) = value { value } else { nil } }
  @inline(never) public var rate: Rate? { if case .rate(let value) = value { value } else { nil } }
  @inline(never) public var span: TimeSpan? { if case .span(let value) = value { value } else { nil } }
  @inline(never) public var instant: Instant? { if case .instant(let value) = value { value } else { nil } }
  @inline(never) public var date: LocalDate? { if case .date(let value) = value { value } else { nil } }
  @inline(never) public var timeOfDay: TimeOfDay? { if case .timeOfDay(let value) = value { value } else { nil } }
  @inline(never) public var hours: OpenHours? { if case .hours(let value) = value { value } else { nil } }
  @inline(never) public var timeZone: ZoneRules? { if case .timeZone(let value) = value { value } else { nil } }
  /// In minor units.
  @inline(never) public var money: Int64? { if case .money(let value) = value { value } else { nil } }
  public var rows: SafetyStockRows? { if case .rows(let value) = value { value } else { nil } }

  /// The elements of a list. Rows are spelled out as elements too; where there may be many, read `rows`.
  public var list: [Field] {
    switch value {
    case .list(let value): value
    case .rows(let rows): rows.map(\.field)
    default: []
    }
  }

  public var members: Members? { if case .members(let value) = value { value } else { nil } }
}

/// The named fields of a resource or of an object in it. Few, so a search through an array beats a dictionary.
public struct Members: Hashable, Sendable {
  public struct Member: Hashable, Sendable {
    public var name: String
    public var field: Field
  }

  public private(set) var all: [Member] = []

  public init() {}

  public subscript(name: String) -> Field? { all.first { $0.name == name }?.field }

  public mutating func append(_ name: String, _ field: Field) { all.append(Member(name: name, field: field)) }
}

/// One document: what it is, what it is called, what part of the catalogue and of time it is for, and its fields.
public struct Resource: Hashable, Sendable {
  public struct Key: Hashable, Sendable, CustomStringConvertible {
    public var kind: Kind
    public var name: String

    public init(_ kind: Kind, _ name: String) {
      self.kind = kind
      self.name = name
    }

    public var description: String { "\(kind.rawValue)/\(name)" }
  }

  public var key: Key
  public var scope: Scope
  public var effective: Window
  public var fields: Members
  public var location: SourceLocation
  /// The only region that it is for; nil for all.
  public var region: String?

  public init(
    key: Key, scope: Scope, effective: Window, fields: Members, location: SourceLocation, region: String? = nil
  ) {
    self.key = key
    self.scope = scope
    self.region = region
    self.effective = effective
    self.fields = fields
    self.location = location
  }

  /// The more specific of two resources wins: an item before a class before a brand before a business unit before
  /// everything; among equals the one for a region before the one for all, and then the one that holds only for a time
  /// before the one that always holds.
  public var specificity: Int { scope.specificity * 4 + (region == nil ? 0 : 2) + (effective.isBounded ? 1 : 0) }

  /// Whether it is what overlays narrow.
  public var isBase: Bool { scope == .everything && region == nil }
}

extension Field: CustomStringConvertible {
  /// The value as it could be written in YAML on one line.
  public var description: String {
    switch value {
    case .text(let text): text
    case .integer(let number): String(number)
    case .bool(let flag): String(flag)
    case .rate(let rate): rate.description
    case .span(let span): span.description
    case .instant(let instant): instant.description
    case .date(let date): date.description
    case .timeOfDay(let time): time.description
    case .hours(let hours): hours.description
    case .timeZone(let zone): zone.name
    case .money(let amount): MoneyText.text(minorUnits: amount)
    case .rows(let rows): "\(rows.count) rows"
    case .list(let fields): "[" + fields.map(\.description).joined(separator: ", ") + "]"
    case .members(let members):
      "{" + members.all.map { "\($0.name): \($0.field)" }.joined(separator: ", ") + "}"
    }
  }
}
