import Diagnostics
import Operations

/// What must hold between calendars, and between them and the nodes that work by them. There are few, so these checks look
/// at all.
extension DesiredState {
  /// How many calendars may extend each other in a row.
  private static let extendsLimit = 16

  func calendarProblems() -> [Diagnostic] {
    guard !names(of: .calendar).isEmpty else { return [] }
    let extending = extendingProblems()
    // While calendars extend each other in a circle, what they say together means nothing.
    return extending.isEmpty ? openingProblems() + cutOffProblems() : extending
  }

  /// What a calendar says twice. The fields of one resource are enough to see it.
  func openProblems(_ calendar: Resource) -> [Diagnostic] {
    guard let open = calendar.fields["open"], let days = open.members?.all else { return [] }
    func problem(_ id: String, _ message: String, at field: Field, _ hint: String) -> Diagnostic {
      Diagnostic("state.\(id)", "\(calendar.key): \(message)", at: field.location, hint: hint)
    }
    if days.isEmpty {
      return [problem("never_open", "there is no open day", at: open, "add a day, such as mon-fri")]
    }
    var problems = twiceNamedDays(calendar, open)
    let closed = calendar.fields["closed"]?.list ?? []
    for day in days {
      switch OpenDays(day.name) {
      case .date(let date):
        guard let field = closed.first(where: { $0.date == date }) else { continue }
        var problem = problem("open_and_closed", "\(date) is both open and closed", at: field, "keep one")
        problem.notes = [.init("its hours", at: day.field.location)]
        problems.append(problem)
      case .weekdays, nil: break
      }
    }
    return problems
  }

  /// Days of the week that two keys name, of which only one could count.
  /// - Parameter open: hours by day.
  func twiceNamedDays(_ resource: Resource, _ open: Field?) -> [Diagnostic] {
    var seen = Set<Weekday>()
    return (open?.members?.all ?? []).flatMap { day -> [Diagnostic] in
      guard case .weekdays(let weekdays) = OpenDays(day.name) else { return [] }
      return weekdays.filter { !seen.insert($0).inserted }.map { weekday in
        Diagnostic(
          "state.day_twice", "\(resource.key): '\(Weekday.names[weekday.rawValue])' has hours twice",
          at: day.field.location, hint: "list each day once")
      }
    }
  }

  private func variants(_ key: Resource.Key) -> [Resource] { resources[key] ?? [] }

  /// Calendars that extend themselves, directly or through others, and rows of calendars that nobody could follow.
  private func extendingProblems() -> [Diagnostic] {
    names(of: .calendar).compactMap { name in
      // One path to each calendar that this one reaches, a step longer in each round.
      var paths = [[name]]
      var reached = Set<String>()
      for _ in 0..<Self.extendsLimit {
        var longer: [[String]] = []
        for path in paths {
          for field in variants(.init(.calendar, path.last ?? name)).compactMap({ $0.fields["extends"] }) {
            guard let target = field.text else { continue }
            // Each circle is reported once, by its first name.
            if target == name { return name == path.min() ? circle(path, at: field) : nil }
            if reached.insert(target).inserted { longer.append(path + [target]) }
          }
        }
        paths = longer
      }
      guard let path = paths.first, let start = variants(.init(.calendar, name)).first else { return nil }
      return Diagnostic(
        "state.extends_too_long", "\(start.key) extends more than \(Self.extendsLimit) calendars in a row",
        at: start.location, hint: "merge the calendars from \(path[0]) to \(path[path.count - 1]) into one")
    }
  }

  private func circle(_ path: [String], at field: Field) -> Diagnostic {
    Diagnostic(
      "state.calendar_circle", "Calendar/\(path[0]) extends itself: \((path + [path[0]]).joined(separator: " → "))",
      at: field.location, hint: "remove one 'extends'")
  }

  /// Calendars that have no open day, at any moment at which something holds that did not hold before, and dates of which
  /// clocks skip all the hours.
  private func openingProblems() -> [Diagnostic] {
    let moments = moments(of: names(of: .calendar).map { .init(.calendar, $0) })
    return names(of: .calendar).flatMap { name -> [Diagnostic] in
      let calendars = moments.compactMap { calendar(name, at: $0) }
      let closed = calendars.compactMap { calendar -> Diagnostic? in
        guard !calendar.opensAtAll, let resource = variants(.init(.calendar, name)).first,
          // That it names no day is told where it stands.
          resource.fields["open"]?.members?.all.isEmpty != true
        else { return nil }
        return Diagnostic(
          "state.never_open", "\(resource.key): there is no open day",
          at: resource.fields["open"]?.location ?? resource.location, hint: "give it hours under 'open'")
      }
      return closed.isEmpty ? calendars.flatMap { skippedDates(name, $0) } : closed
    }
  }

  private func skippedDates(_ name: String, _ calendar: WorkCalendar) -> [Diagnostic] {
    variants(.init(.calendar, name)).flatMap { resource in
      (resource.fields["open"]?.members?.all ?? []).compactMap { member -> Diagnostic? in
        guard case .date(let date) = OpenDays(member.name), let hours = member.field.hours,
          calendar.hours(on: date) == hours, calendar.day(date) == nil
        else { return nil }
        return Diagnostic(
          "state.never_open",
          "\(resource.key): it is never open on \(date), when clocks of \(calendar.zone.name) skip \(hours)",
          at: member.field.location, hint: "choose other hours, or remove the date")
      }
    }
  }

  /// Nodes whose last orders would be taken while they are closed, whatever the day.
  private func cutOffProblems() -> [Diagnostic] {
    let changes = moments(of: names(of: .calendar).map { .init(.calendar, $0) })
    return names(of: .node).flatMap { name -> [Diagnostic] in
      let key = Resource.Key(.node, name)
      guard variants(key).contains(where: { $0.fields["calendar"] != nil }) else { return [] }
      return changes.union(moments(of: [key])).compactMap { moment in
        guard let node = effective(key, at: moment), let field = node["cut_off"], let cutOff = field.timeOfDay,
          let named = node["calendar"], let calendar = named.text.flatMap({ calendar($0, at: moment) })
        else { return nil }
        let hours = calendar.allHours
        guard !hours.isEmpty, !hours.contains(where: { $0.opens <= cutOff && cutOff <= $0.closes }) else { return nil }
        let list = hours.map(\.description).sorted().prefix(4).joined(separator: ", ")
        return Diagnostic(
          "state.cut_off_outside", "\(key): the cut_off \(cutOff) is outside the open hours of every day",
          at: field.location, hint: "choose a time within \(list)",
          notes: [.init("its calendar", at: named.location)])
      }
    }
  }

  /// Nodes at which an order takes more hours than any day has. What is left over is not worked: the order leaves when it
  /// has taken as long as a whole open day would, so that one which takes longer never leaves earlier.
  func processingCautions() -> [Diagnostic] {
    let changes = moments(of: names(of: .calendar).map { .init(.calendar, $0) })
    return names(of: .node).flatMap { name -> [Diagnostic] in
      let key = Resource.Key(.node, name)
      guard variants(key).contains(where: { $0.fields["calendar"] != nil }) else { return [] }
      let found = changes.union(moments(of: [key])).sorted().lazy.compactMap { moment -> Diagnostic? in
        guard let node = self.effective(key, at: moment), let field = node["processing_time"], let span = field.span,
          let calendar = node["calendar"]?.text.flatMap({ self.calendar($0, at: moment) })
        else { return nil }
        let hours = TimeSpan(milliseconds: span.milliseconds % TimeSpan.day.milliseconds)
        let longest = calendar.allHours.map { $0.closes.milliseconds - $0.opens.milliseconds }.max() ?? 0
        guard longest > 0, hours.milliseconds > longest else { return nil }
        return Diagnostic(
          "state.longer_than_a_day",
          "\(key): \(hours) of work never fit into a day of at most \(TimeSpan(milliseconds: longest))",
          at: field.location, severity: .warning,
          hint: "write whole open days as days, such as 1d, and the rest in hours")
      }
      return found.first.map { [$0] } ?? []
    }
  }

  /// The moments at which what resources say may become something else, and one before all.
  private func moments(of keys: [Resource.Key]) -> Set<Instant> {
    var moments: Set<Instant> = [.distantPast]
    for variant in keys.flatMap(variants) {
      moments.formUnion([variant.effective.from, variant.effective.until].compactMap { $0 })
    }
    return moments
  }
}
