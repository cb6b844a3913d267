import Operations

/// When records that are not in git yet are due there.
///
/// - Parameters:
///   - last: the number of the last record that is in git or on its way; 0 for none.
///   - lastAt: when that record was made; nil for none.
///   - head: the number of the store's last record.
///   - lastDecision: the number of the last record that git should hear of at once.
///   - flush: whether everything is to be written now.
func isBatchDue(
  after last: Int64, at lastAt: Instant?, head: Int64, lastDecision: Int64, now: Instant, flush: Bool,
  checkpointEvery: TimeSpan
) -> Bool {
  guard head > last else { return false }
  if flush || lastDecision > last { return true }
  return lastAt.map { now - $0 >= checkpointEvery } ?? true
}
