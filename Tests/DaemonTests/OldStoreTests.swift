import ActualState
import SQLiteStore
import TestSupport
import Testing

/// A store that was put back from a backup.
@Suite struct OldStoreTests {
  /// - Parameter isFouled: whether somebody else has written to the audit branch since: what is signed before that still
  ///   proves that the store is behind.
  @Test(arguments: [false, true]) func nothingIsJudgedOrAppliedByIt(isFouled: Bool) throws {
    let company = try CompanyFolder(items: 2)
    #expect(try company.cycle().status == 0)
    try company.shell("mkdir backup && cp -a ops.db* backup/")
    try company.commitCap(20)
    #expect(try company.cycle().status == 0)
    if isFouled {
      try company.shell(
        "git -C ops update-ref refs/heads/audit $(git -C ops commit-tree -p audit -m more 'audit^{tree}')")
    }
    let audit = try company.shell("git -C ops rev-parse audit")
    try company.shell("rm -f ops.db ops.db-wal ops.db-shm && cp -a backup/. .")
    let before = try company.holdings()
    try company.commitCap(15)
    try company.importEvents(CompanyFolder.orders(1...3, items: 2), as: "orders")
    let pin = try SQLiteStore(path: company.store, mode: .readOnly).pin()
    for _ in 0..<2 {
      let run = try company.cycle()
      #expect(run.status == 1 && !run.errors.contains(" actions ("), "\(run.errors)")
      #expect(run.errors.contains("the store is older than the audit branch"), "\(run.errors)")
      #expect(run.errors.contains("record 1") && run.errors.contains("record 2"), "\(run.errors)")
      #expect(!run.errors.contains("git branch -f"), "its own records are not to be thrown away: \(run.errors)")
    }
    let store = try SQLiteStore(path: company.store, mode: .readOnly)
    #expect(try store.pin() == pin && store.auditHead().sequence == 1 && before != "")
    #expect(try company.shell("git -C ops rev-parse audit") == audit)
  }
}
