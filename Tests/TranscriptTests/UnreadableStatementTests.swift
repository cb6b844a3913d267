import Git
import TestSupport
import Testing

/// Entries of the log of approvals that no verdict can rest on: everybody who looks is told, and nothing stops.
@Suite struct UnreadableStatementTests {
  @Test func itIsToldOnceAndTheOthersCount() throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    #expect(try firm.run("eve", "approve", commit).status == 0)
    let repository = try Repository(path: firm.company.path + "/shared.git")
    let log = "refs/purser/approvals"
    let head = try #require(try repository.reference(log))
    let file = #"{"signature":"","statement":"{\"policy_version\":1e+99}"}"#
    let path = "statements/ab/abcd.json"
    let tree = try repository.writeTree(
      base: try repository.commit(head).tree, files: [path: try repository.writeBlob(Array(file.utf8))])
    let next = try repository.writeCommit(
      tree: tree, parents: [head], author: Person(name: "x", email: "x@example.test"), time: 1, message: "x")
    try firm.company.shell("git -C shared.git update-ref \(log) \(next)")

    let changes = try firm.run("eve", "changes")
    #expect(changes.status == 0 && changes.errors.contains("[approvals.unreadable]"), "\(changes.errors)")
    #expect(changes.errors.contains(path) && changes.errors.contains("exponent"))
    let first = try firm.cycle()
    #expect(first.status == 0 && first.errors.contains("accepted \(commit.prefix(10))"), "\(first.errors)")
    #expect(first.errors.contains("warning: ") && first.errors.contains(path), "\(first.errors)")
    // Not by each cycle again, nor by each program.
    #expect(try !firm.cycle(at: "2026-11-24T10:01:00Z").errors.contains(path))
    // No Purser writes such a file: whoever verifies is told as of any other fault, until it is taken out again.
    let verified = try firm.company.run(["audit", "verify", "shared.git"])
    #expect(verified.status == 1 && verified.errors.contains("[audit.approvals]") && verified.errors.contains(path))
    #expect(verified.errors.contains("\(next)"), "\(verified.errors)")
    let json = try firm.company.run(["audit", "verify", "shared.git", "-o", "json"])
    #expect(json.status == 1 && json.output.contains("audit.approvals"))
    let mended = try repository.writeCommit(
      tree: try repository.commit(head).tree, parents: [next], author: Person(name: "x", email: "x@example.test"),
      time: 1, message: "x")
    try firm.company.shell("git -C shared.git update-ref \(log) \(mended)")
    let again = try firm.company.run(["audit", "verify", "shared.git"])
    #expect(again.status == 0, "\(again.errors)")
    // Rolled back to before the approval that counted, it is noticed from the records, and by the store.
    try firm.company.shell("git -C shared.git update-ref -d \(log)")
    for more in [[], ["--store", "ops.db"], ["--cold"]] {
      let gone = try firm.company.run(["audit", "verify", "shared.git"] + more)
      #expect(gone.status == 1 && gone.errors.contains("[audit.approvals]"), "\(more): \(gone.errors)")
    }
  }
}
