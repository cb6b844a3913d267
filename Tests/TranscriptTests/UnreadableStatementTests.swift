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
    let verified = try firm.company.run(["audit", "verify", "shared.git"])
    #expect(verified.status == 0 && verified.errors.contains("not counted: ") && verified.errors.contains(path))
    let json = try firm.company.run(["audit", "verify", "shared.git", "-o", "json"])
    #expect(json.output.contains("approvals.unreadable"))
  }
}
