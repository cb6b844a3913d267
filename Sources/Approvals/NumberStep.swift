import DesiredState
import Operations

/// How one number changes, or what stands beside numbers in one field.
enum NumberStep: Hashable {
  enum Direction: String { case raise, lower }

  /// - share: parts per million of what it was; nil where it was 0, which is more than any share.
  /// - units: by how much; nil where it counts no units, so that nobody can say how many units it is about.
  case moved(Direction, share: Int64?, units: Int64?)
  /// The number came or went: what stands for its absence is not for a rule to know.
  case appeared
  /// Something moved of which only the rest of its field says what it does: the days that a cap counts, the risk behind a
  /// buffer, a word beside a number. Nobody can say whether that is more or less.
  case turned
}

extension NumberStep {
  /// How the numbers in a field move; empty where there are none or all stay.
  /// - Parameter type: that of the field; nil where its kind has no such field.
  static func all(from old: Field?, to new: Field?, of type: FieldType?) -> Set<NumberStep> {
    let (before, after) = (Leaf.all(in: old, of: type), Leaf.all(in: new, of: type))
    // There may be very many rows, and few ways to move.
    let come = after.filter { before[$0.key] == nil }
    let count = before.count { $0.value.isNumber || after[$0.key]?.isNumber == true } + come.count { $0.value.isNumber }
    guard count > 0 else { return [] }
    var steps = Set<NumberStep>()
    for (way, was) in before {
      let becomes = after[way]
      guard was != becomes else { continue }
      switch (was, becomes) {
      case (.number(let was, let old), .number(let becomes, let sort)?) where old == sort:
        steps.insert(count == 1 || sort.isAmount ? NumberStep(was, becomes, isCount: sort == .units) : .turned)
      default: steps.insert(was.isNumber || becomes?.isNumber == true ? .appeared : .turned)
      }
    }
    for becomes in come.values { steps.insert(becomes.isNumber ? .appeared : .turned) }
    return steps
  }

  /// How they move where the field stays, and what it holds for does not: each goes there, and comes here.
  static func comingAndGoing(_ old: Field?, _ new: Field?, of type: FieldType?) -> Set<NumberStep> {
    all(from: old, to: nil, of: type).union(all(from: nil, to: new, of: type))
  }

  private init(_ old: Int64, _ new: Int64, isCount: Bool) {
    let distance = new > old ? new.magnitudeAbove(old) : old.magnitudeAbove(new)
    let (scaled, isTooLarge) = distance.multipliedReportingOverflow(by: 1_000_000)
    let share = old == 0 ? nil : isTooLarge ? distance / max(1, old.magnitude) : scaled / old.magnitude
    self = .moved(
      new > old ? .raise : .lower, share: share.map { Int64(clamping: $0) },
      units: isCount ? Int64(clamping: distance) : nil)
  }
}

/// One value in a field.
private enum Leaf: Hashable {
  enum Sort: Hashable {
    case units
    /// A share of the stock that there is.
    case shareOfStock
    /// A rank, a weight, a percentage, a probability.
    case plain
    case span, money

    /// Whether more of it is more and less of it less, whatever stands beside it.
    var isAmount: Bool { self == .units || self == .shareOfStock }
  }

  case number(Int64, Sort)
  case word(String)

  var isNumber: Bool { if case .number = self { true } else { false } }

  /// Every value in a field by the way that leads to it. What counts units, only the schema knows.
  static func all(in field: Field?, of type: FieldType?) -> [String: Leaf] {
    var result: [String: Leaf] = [:]
    func visit(_ field: Field, _ type: FieldType?, _ way: String, _ name: String) {
      switch field.value {
      case .integer(let value): result[way] = .number(value, type?.countsUnits == true ? .units : .plain)
      case .rate(let rate):
        result[way] = .number(rate.partsPerMillion, name.hasPrefix("percent_of_") ? .shareOfStock : .plain)
      case .span(let span): result[way] = .number(span.milliseconds, .span)
      case .money(let amount): result[way] = .number(amount, .money)
      case .list(let fields):
        for (index, field) in fields.enumerated() { visit(field, type?.element, way + "/\(index)", name) }
      case .members(let members):
        for member in members.all {
          visit(member.field, type?.member(member.name), way + "/" + member.name, member.name)
        }
      case .rows(let rows):
        for row in rows { result["\(row.sku.rawValue)\n\(row.node ?? "")"] = .number(row.units, .units) }
      case .text, .bool, .instant, .date, .timeOfDay, .hours, .timeZone: result[way] = .word(field.description)
      }
    }
    if let field { visit(field, type, "", "") }
    return result
  }
}

extension FieldType {
  fileprivate var countsUnits: Bool {
    switch self {
    case .quantity: true
    case .either(_, let type): type.countsUnits
    default: false
    }
  }

  fileprivate var element: FieldType? {
    switch self {
    case .list(let type): type
    case .either(_, let type): type.element
    default: nil
    }
  }

  fileprivate func member(_ name: String) -> FieldType? {
    switch self {
    case .object(let specs): specs.first { $0.name == name }?.type
    case .map(let type): type
    case .either(_, let type): type.member(name)
    default: nil
    }
  }
}

extension Int64 {
  fileprivate func magnitudeAbove(_ other: Int64) -> UInt64 { UInt64(bitPattern: self &- other) }
}
