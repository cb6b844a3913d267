public import ActualState
public import DesiredState
public import Operations
public import Planning
import Reconciling

extension Store {
  /// What a policy commit did when it took effect, with the commits that took effect together with it; nil where no
  /// record tells.
  ///
  /// Looks from the last record back, since what people take back is mostly new.
  /// - Parameter isEnforced: whether plans of a domain were applied by themselves under a policy: what only waited, or was
  ///   only observed, is no part of the change.
  public func recordedChange(
    of commit: String, isEnforced: (_ domain: Domain, _ policy: PolicyPin) throws -> Bool
  ) throws -> RecordedChange? {
    var high = try auditHead().sequence
    while high > 0 {
      let low = max(1, high - Self.recordsAtOnce + 1)
      for record in try auditRecords(low...high).reversed() {
        let facts = RecordFacts(record)
        guard facts.type == "apply", facts.accepted.contains(where: { $0.commit == commit }) else { continue }
        let through = Set(facts.passages.map(\.cause))
        let applied = try Domain.allCases.filter { domain in
          if through.contains(domain.cause.rawValue) { return true }
          return try facts.policy.map { try isEnforced(domain, $0) } ?? true
        }
        return RecordedChange(
          rows: record.json["rows"]?.array ?? [], total: record.json["rows_total"]?.integer ?? 0, applied: Set(applied))
      }
      high = low - 1
    }
    return nil
  }

  private static var recordsAtOnce: Int64 { 100 }
}
