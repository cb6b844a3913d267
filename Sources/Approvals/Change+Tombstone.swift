public import DesiredState
import Diagnostics

extension DesiredState {
  /// The people who are programs and no human beings.
  public var automation: Set<String> {
    Set(all(.person).filter { $0.fields["automation"]?.bool == true }.map(\.key.name))
  }
}

/// Automation stands back: what people took back, only people bring again.
extension Change {
  /// - Parameter people: who signed it, and whose approval of it counts.
  func tombstoneReasons(_ people: Set<String>) -> [Diagnostic] {
    guard let revert = takenBackBy, !people.isEmpty, people.isSubset(of: before.automation) else { return [] }
    return [
      Diagnostic(
        "approval.tombstone",
        "automation brings back what commit \(revert.prefix(10)) took back, and no human being stands behind it",
        hint: "let a person sign it, or stop the automation from proposing it:" + Recovery.line(Recovery.again))
    ]
  }
}
