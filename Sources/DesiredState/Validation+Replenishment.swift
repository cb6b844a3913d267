import Diagnostics
import Operations

extension DesiredState {
  /// Fields of a ReplenishmentPolicy that each are fine and together make no sense.
  func replenishmentProblems(_ resource: Resource) -> [Diagnostic] {
    let fields = resource.fields
    var problems: [Diagnostic] = []
    func report(_ id: String, _ message: String, _ hint: String, at field: Field? = nil) {
      problems.append(
        Diagnostic(
          "state.\(id)", "\(resource.key): \(message)", at: field?.location ?? resource.location, hint: hint))
    }
    func wholeDays(_ name: String, _ range: ClosedRange<Int64>) {
      guard let field = fields[name], let span = field.span else { return }
      let (days, rest) = span.milliseconds.quotientAndRemainder(dividingBy: TimeSpan.day.milliseconds)
      guard rest != 0 || !range.contains(days) else { return }
      report(
        "whole_days", "'\(name)' must be whole days, from \(range.lowerBound)d to \(range.upperBound)d, not \(span)",
        "demand is counted per day, for example \(max(7, range.lowerBound))d", at: field)
    }
    if (fields["service"] == nil) == (fields["ddmrp"] == nil) {
      report(
        "one_of", "give either 'service' or 'ddmrp'", "one, not both, for example service: {cycle: 95%}",
        at: fields["ddmrp"])
    }
    for name in ["order_up_to", "may_undercut_mean"] where fields["ddmrp"] != nil {
      guard let field = fields[name] else { continue }
      report(
        "says_nothing", "'\(name)' has no effect with 'ddmrp'", "its zones set the level; remove one of the two",
        at: field)
    }
    for (name, first, second) in [("service", "cycle", "fill"), ("order_up_to", "days", "units")] {
      guard let field = fields[name], let members = field.members else { continue }
      guard (members[first] == nil) == (members[second] == nil) else { continue }
      report("one_of", "'\(name)' needs either '\(first)' or '\(second)'", "one, not both", at: field)
    }
    for name in ["cycle", "fill"] {
      guard let field = fields["service"]?.members?[name], let rate = field.rate, rate == .none || rate == .all else {
        continue
      }
      report(
        "service_out_of_reach",
        rate == .all ? "a service of 100% would need infinite stock" : "a service of 0% requires no stock",
        rate == .all ? "try 99%, or even 99.9%" : "try 95%, or remove the policy", at: field)
    }
    let isPeriodic = fields["review"]?.text == "periodic"
    if isPeriodic, fields["period"] == nil {
      report("required", "a periodic review needs 'period'", "add it, for example period: 7d", at: fields["review"])
    }
    if !isPeriodic, let period = fields["period"] {
      report("period_without_review", "'period' is for periodic reviews", "add review: periodic", at: period)
    }
    wholeDays("period", 1...365)
    wholeDays("velocity_window", 2...365)
    return problems
  }
}
