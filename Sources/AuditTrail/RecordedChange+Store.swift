public import ActualState
import Operations
public import Planning

extension Store {
  /// What a policy commit did when it took effect, with the commits that took effect together with it; nil where no
  /// record tells.
  ///
  /// Looks from the last record back, since what people take back is mostly new.
  public func recordedChange(of commit: String) throws -> RecordedChange? {
    var high = try auditHead().sequence
    while high > 0 {
      let low = max(1, high - Self.recordsAtOnce + 1)
      for record in try auditRecords(low...high).reversed() {
        let facts = RecordFacts(record)
        guard facts.type == "apply", facts.accepted.contains(where: { $0.commit == commit }) else { continue }
        return RecordedChange(rows: record.json["rows"]?.array ?? [], total: record.json["rows_total"]?.integer ?? 0)
      }
      high = low - 1
    }
    return nil
  }

  private static var recordsAtOnce: Int64 { 100 }
}
