import SQLiteStore
import TestSupport
import Testing

@testable import Commands

/// What `purser audit verify --store` says that it looked at.
@Suite struct StoreCoverageTests {
  /// A table that is added has to be spoken of: whether anything vouches for it.
  @Test func everyTableIsSpokenOf() throws {
    let scratch = try ScratchFolder()
    let counts = try SQLiteStore(path: scratch.path("ops.db"), mode: .create).rowCounts()
    #expect(Set(counts.keys) == Set(StoreCoverage.tables.keys))
  }

  @Test func whatNothingVouchesForIsSaidWithItsRows() throws {
    let company = try CompanyFolder(items: 2)
    #expect(try company.cycle().status == 0)
    let verified = try company("audit", "verify", "ops", "--store", "ops.db")
    #expect(verified.status == 0)
    #expect(
      verified.errors.contains("Compared with git, row by row: applied_plans 1, audit_batches 1, audit_records 1"))
    #expect(verified.errors.contains("published quantities") && verified.errors.contains("positions 2"))
    let rest = verified.errors.firstRange(of: "Not checked, because no record mentions them: ")
    #expect(rest.map { verified.errors[$0.upperBound...].contains("events 4") } == true, "\(verified.errors)")
    let json = try company("audit", "verify", "ops", "--store", "ops.db", "-o", "json").output
    #expect(json.contains("\"unproved\"") && json.contains("\"from_plans\""))
  }
}
