import Diagnostics
import Operations

/// Windows that make no sense, and windows that nobody would ever get out of again.
extension DesiredState {
  func freezeProblems() -> [Diagnostic] {
    names(of: .freezeWindow).flatMap { resources[.init(.freezeWindow, $0)] ?? [] }.flatMap(freezeProblems)
  }

  private func freezeProblems(_ resource: Resource) -> [Diagnostic] {
    let fields = resource.fields
    func problem(_ id: String, _ message: String, _ hint: String, at field: Field? = nil) -> [Diagnostic] {
      [Diagnostic("state.\(id)", "\(resource.key): \(message)", at: field?.location ?? resource.location, hint: hint)]
    }
    let hasStretch = fields["from"] != nil || fields["until"] != nil
    if hasStretch == (fields["weekly"] != nil) {
      return problem("one_of", "give either 'from' and 'until', or 'weekly'", "one, not both", at: fields["weekly"])
    }
    if hasStretch {
      guard let from = fields["from"]?.instant, let until = fields["until"]?.instant else {
        return problem("required", "a freeze needs a start and an end", "give both 'from' and 'until'")
      }
      guard from < until else {
        return problem(
          "window_ends_before_start", "it ends (\(until)) before it starts (\(from))", "swap them, or correct the year",
          at: fields["until"])
      }
      if let zone = fields["time_zone"] {
        return problem("one_of", "'from' and 'until' carry their own offset", "leave out 'time_zone'", at: zone)
      }
      return []
    }
    guard fields["weekly"]?.members?.all.isEmpty == false, let window = FreezeWindow(resource) else {
      return problem("required", "no day is given", "for example weekly: {fri: \"16:00-24:00\"}", at: fields["weekly"])
    }
    let twice = twiceNamedDays(resource, fields["weekly"])
    guard twice.isEmpty else { return twice }
    guard window.begins else {
      return problem(
        "never_holds", "clocks skip all of these hours", "choose other hours, or a day of the week",
        at: fields["weekly"])
    }
    guard window.end(from: Instant(milliseconds: 0)) != nil else {
      return problem(
        "never_thaws", "changes would wait forever", "leave some hours of the week in which they can take effect",
        at: fields["weekly"])
    }
    return []
  }
}
