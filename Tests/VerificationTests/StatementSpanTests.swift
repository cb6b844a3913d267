import Approvals
import Diagnostics
import Digest
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// What a statement says beside the digest of its change must fit it: base, head and tree are what its signer saw.
@Suite struct StatementSpanTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let daily: Daily
  let root: ObjectID

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    daily = Daily(ops)
    root = try ops.commit(OpsRepository.reviewedFiles.mapValues { $0 }, message: "Begin")
    try daily.count(50)
    try daily.cycle()
  }

  private var words: String { daily.reconciler.status.refused?.reasons.map(\.message).joined(separator: "\n") ?? "" }

  private func cap(_ units: Int) -> [String: String?] { [OpsRepository.web: OpsRepository.channels(cap: units)] }

  /// What olga signs about the change up to the head, altered.
  private func say(_ alter: (inout Statement) -> Void) throws {
    var statement = try ops.statement("olga", from: "\(root)", at: daily.now).statement()
    alter(&statement)
    let key = try #require(OpsRepository.key(of: "olga"))
    daily.statements.append(try #require(statement.signed(by: key)))
  }

  private func expectVoid(_ part: String) throws {
    try daily.cycle()
    #expect(words.contains("the statement of olga contradicts itself") && words.contains(part), "\(words)")
    #expect(try AuditVerifier(repository: ops.repository).verify().problems.isEmpty)
  }

  private func expectAccepted() throws {
    try daily.cycle()
    #expect(words == "" && daily.reconciler.report.accepted.count >= 1)
    #expect(try AuditVerifier(repository: ops.repository).verify().problems.isEmpty)
  }

  @Test func aTreeThatTheChangeDoesNotMakeIsALie() throws {
    let head = try ops.commit(cap(20), by: .ben, author: "ben")
    let tree = try ops.repository.commit(root).tree
    try say { $0.tree = tree.description }
    try expectVoid(
      "its tree is \(tree.short), but the change turns its base into \(try ops.repository.commit(head).tree.short)")
    try say { _ in }
    try expectAccepted()
  }

  @Test func aHeadThatBringsAnotherChangeIsALie() throws {
    try ops.commit(cap(20), by: .ben, author: "ben")
    try say { $0.head = root.description }
    try expectVoid("its head \(root.short) brings a different change")
  }

  /// A merge that holds more than what was merged: whoever lets it through says so by its own name.
  @Test(arguments: [true, false]) func anEvilMergeDoesNotPassUnderTheNameOfWhatItMerged(isNamed: Bool) throws {
    let side = try ops.commit(cap(20), by: .ben, parents: [root], branch: "refs/heads/side", author: "ben")
    let main = try ops.commit(["README.md": "words\n"], by: .anna, parents: [root], author: "anna")
    try daily.cycle()
    let evil = try ops.repository.writeTree(
      base: try ops.repository.commit(main).tree,
      files: [OpsRepository.web: try ops.repository.writeBlob(Array(OpsRepository.channels(cap: 99).utf8))])
    let merge = try ops.commit(tree: evil, by: .anna, parents: [main, side], message: "Merge", author: "anna")
    // Of the policy in force, which is that of the other side.
    var statement = try ops.statement("olga", from: "\(main)", at: daily.now).statement()
    if !isNamed { statement.head = side.description }
    let key = try #require(OpsRepository.key(of: "olga"))
    daily.statements = [try #require(statement.signed(by: key))]
    #expect(merge == (try ops.head))
    if isNamed { try expectAccepted() } else { try expectVoid("its head \(side.short) brings a different change") }
  }

  /// A branch that began before the policy in force, as `purser approve` signs it.
  @Test func whatIsMergedInThoughtFits() throws {
    let side = try ops.commit(cap(20), by: .ben, parents: [root], branch: "refs/heads/side", author: "ben")
    let main = try ops.commit(["README.md": "words\n"], by: .anna, parents: [root], author: "anna")
    try daily.cycle()
    guard case .tree(let tree) = try ops.repository.mergedTree(main, side) else {
      Issue.record("the branches do not merge")
      return
    }
    let changes = try ops.repository.changes(
      from: ops.repository.commit(root).tree, to: ops.repository.commit(side).tree)
    #expect(try ops.repository.name(ofTree: ops.repository.commit(main).tree, with: changes) == tree)
    let merge = try ops.commit(tree: tree, by: .anna, parents: [main, side], message: "Merge", author: "anna")
    var statement = try ops.statement("olga", from: "\(main)", at: daily.now).statement()
    #expect(statement.head == merge.description)
    statement.head = side.description
    let key = try #require(OpsRepository.key(of: "olga"))
    daily.statements = [try #require(statement.signed(by: key))]
    try expectAccepted()
  }

  @Test(arguments: [true, false]) func afterAMoveOfTheBaseTheTreeIsStillThatOfItsOwnBase(isTrue: Bool) throws {
    try ops.commit(cap(20), by: .ben, author: "ben")
    try say { if !isTrue { $0.tree = String(repeating: "1", count: 40) } }
    try ops.point("refs/heads/main", to: root)
    try ops.commit(["state/more/README.md": "words\n"], author: "anna")
    try daily.cycle()
    try ops.commit(cap(20), by: .ben, author: "ben")
    if isTrue { try expectAccepted() } else { try expectVoid("its tree is 1111111111") }
  }

  /// What was squashed or rebased is known by its digest; the branch it was on may be gone.
  @Test func aHeadThatWasNotMergedIsNotLookedAt() throws {
    try ops.commit(cap(20), by: .ben, author: "ben")
    try say { $0.head = String(repeating: "2", count: 40) }
    try expectAccepted()
  }
}
