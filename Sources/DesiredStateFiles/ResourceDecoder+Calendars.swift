import DesiredState
import Diagnostics
import Operations
import YAML

/// Dates, times of day, time zones and amounts of money.
extension ResourceDecoder {
  mutating func calendarValue(_ node: YAMLTree.Index, _ type: FieldType, named name: String) -> Field.Value? {
    let text = tree.string(node)
    switch type {
    case .date:
      if let date = LocalDate(text) { return .date(date) }
      report("wrong_type", "'\(name)' must be a date, not '\(text)'", node, "for example 2026-12-25")
    case .timeOfDay:
      if let time = TimeOfDay(text) { return .timeOfDay(time) }
      report("wrong_type", "'\(name)' must be a time of day, not '\(text)'", node, "for example \"14:00\" or \"09:30\"")
    case .timeZone:
      do throws(Diagnostic) {
        return .timeZone(try zones.rules(named: text, at: tree.location(node)))
      } catch {
        add(error)
      }
    case .money:
      if tree[node].kind == .plain, let amount = MoneyText.minorUnits(text) { return .money(amount) }
      report(
        "wrong_type",
        "'\(name)' must be an amount from 0 to \(MoneyText.text(minorUnits: Limits.money)) with at most two decimals, not "
          + "'\(text)'", node,
        "for example 0.35, without quotes and without the currency")
    default: break
    }
    return nil
  }

  /// The hours of each day that a calendar names, under the names as written.
  mutating func openDays(_ mapping: YAMLTree.Index) -> Members {
    var members = Members()
    var children = tree.children(mapping)
    while !isFull, let key = children.next(), let value = children.next() {
      let name = tree.string(key)
      guard OpenDays(name) != nil else {
        report(
          "unknown_day", "'\(name)' is not a day", key,
          didYouMean(name, among: Weekday.names) ?? "write mon, tue, wed, thu, fri, sat, sun, mon-fri or 2026-12-24")
        continue
      }
      if let hours = hours(value, named: name) { members.append(name, Field(.hours(hours), at: tree.location(value))) }
    }
    return members
  }

  private mutating func hours(_ node: YAMLTree.Index, named name: String) -> OpenHours? {
    let text = tree[node].kind == .plain || tree[node].kind == .quoted ? tree.string(node) : nil
    guard let text, let times = OpenHours.times(text) else {
      report("wrong_type", "'\(name)' must have hours", node, "for example \(name): \"08:00-18:00\"")
      return nil
    }
    guard let hours = OpenHours(opens: times.opens, closes: times.closes) else {
      report(
        "hours_end_before_start", "'\(name)' closes at \(times.closes) and opens at \(times.opens)", node,
        "swap them, or end the day at 24:00 and start the next at 00:00")
      return nil
    }
    return hours
  }
}
