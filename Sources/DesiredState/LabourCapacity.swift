import Diagnostics
public import Operations

extension Resource {
  /// Units that a node can pick and pack on an open day, as it says itself or by how long one takes; nil for any number.
  /// - Source: domain.md §3, cap_n.
  public var labourCapacity: Quantity? { Self.labourCapacity { fields[$0] } }

  static func labourCapacity(_ field: (String) -> Field?) -> Quantity? {
    guard let time = field("labour_time")?.span, let each = field("handling_time")?.span, each.milliseconds > 0 else {
      return field("labour_capacity")?.integer
    }
    return time.milliseconds / each.milliseconds
  }
}

extension EffectiveResource {
  /// The same of a node as it is in effect.
  public var labourCapacity: Quantity? { Resource.labourCapacity { self[$0] } }
}

extension DesiredState {
  /// Working time says nothing without the time that a unit takes, and beside a number of units it would say it twice.
  func labourProblems(_ node: Resource) -> [Diagnostic] {
    func problem(_ id: String, _ message: String, _ hint: String, at field: Field) -> Diagnostic {
      Diagnostic("state.\(id)", "\(node.key): \(message)", at: field.location, hint: hint)
    }
    let fields = node.fields
    let (time, each) = (fields["labour_time"], fields["handling_time"])
    var problems: [Diagnostic] = []
    if let time, fields["labour_capacity"] != nil {
      problems.append(problem("one_of", "give 'labour_capacity' or 'labour_time'", "one, not both", at: time))
    }
    if let time, each == nil {
      problems.append(
        problem("required", "'labour_time' needs 'handling_time'", "add it, for example handling_time: 90s", at: time))
    }
    if let each, time == nil {
      problems.append(
        problem("required", "'handling_time' needs 'labour_time'", "add it, for example labour_time: 16h", at: each))
    }
    return problems
  }
}
