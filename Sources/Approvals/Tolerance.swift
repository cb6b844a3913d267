import Operations

/// What an approval covers of one measure: what the person was told, and what the rules tolerate beyond it.
struct Tolerated {
  let told: Int64
  /// The most that is covered.
  let limit: Int64

  init(_ told: Int64, with tolerance: Rate) {
    self.told = told
    let (limit, overflows) = told.addingReportingOverflow(tolerance.floor(of: told))
    self.limit = overflows ? .max : limit
  }

  /// The limit in words, where it is not what was told.
  var words: String { limit > told ? " (\(limit) with the tolerance)" : "" }
}
