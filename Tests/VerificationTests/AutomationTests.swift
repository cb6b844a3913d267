import Approvals
import Diagnostics
import Digest
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// What people took back, automation brings again only when a person wants it.
@Suite struct AutomationTests {
  static let web = "state/channels/web.yaml"

  let scratch: ScratchFolder
  let ops: OpsRepository
  let root: ObjectID

  /// Here `ben` is a program.
  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    var files = OpsRepository.firstFiles
    files["state/governance/people.yaml"] = OpsRepository.governance().replacing(
      "name: ben\nemail", with: "name: ben\nautomation: true\nemail")
    root = try ops.commit(files.mapValues { $0 }, message: "Begin")
  }

  func judge(_ statements: [SignedStatement] = [], at now: Instant = .distantPast) throws -> JudgedPolicyIDs {
    let judged = try PolicyHistory(repository: ops.repository).judge(
      pin: nil, head: ops.head, trustRoot: root, evidence: Evidence(statements: statements, at: now))
    let reasons = judged.judgement.refused?.reasons ?? []
    return JudgedPolicyIDs(
      pin: judged.judgement.pin.commit, reasons: reasons.map(\.id), words: reasons.map(\.message).joined(),
      approvals: judged.judgement.accepted.last?.acceptance.approvals.count ?? 0)
  }

  struct JudgedPolicyIDs {
    var pin: String
    var reasons: [String]
    var words: String
    var approvals: Int
  }

  @discardableResult
  func cap(_ units: Int, by signer: OpsRepository.Signer, _ message: String = "Cap") throws -> ObjectID {
    try ops.commit([Self.web: OpsRepository.channels(cap: units)], by: signer, message: message)
  }

  /// Automation lowers the cap, and anna takes that back.
  @discardableResult
  func takeBack() throws -> ObjectID {
    let change = try cap(5, by: .ben)
    return try cap(100, by: .anna, "Revert \"Cap\"\n\nThis reverts commit \(change).")
  }

  @Test func automationMayChangeWhatNobodyTookBack() throws {
    let change = try cap(5, by: .ben)
    #expect(try judge().pin == "\(change)")
  }

  @Test func automationDoesNotBringBackWhatWasTakenBack() throws {
    let revert = try takeBack()
    try cap(5, by: .ben)
    let judged = try judge()
    #expect(judged.pin == "\(revert)" && judged.reasons == ["approval.tombstone"])
    // Something else is another change.
    let other = try cap(6, by: .ben)
    #expect(try judge().pin == "\(other)")
  }

  // MARK: The same thing in another coat

  private static func twoChannels(_ web: Int, _ shop: Int) -> String {
    OpsRepository.channels(cap: web) + "---\n"
      + OpsRepository.channels(cap: shop).replacing("name: web", with: "name: shop")
  }

  /// Automation lowers two caps in one commit, and anna takes both back.
  private func takeTwoBack() throws -> ObjectID {
    try ops.commit([Self.web: Self.twoChannels(100, 50)], by: .anna, message: "Two")
    let change = try ops.commit([Self.web: Self.twoChannels(5, 3)], by: .ben, message: "Caps")
    return try ops.commit(
      [Self.web: Self.twoChannels(100, 50)], by: .anna, message: "Revert \"Caps\"\n\nThis reverts commit \(change).")
  }

  @Test func anotherEditInTheFileMakesItNoOtherChange() throws {
    try takeBack()
    let other = try ops.commit(
      [Self.web: OpsRepository.channels(cap: 100) + "exposure: 90%\n"], by: .anna, message: "Exposure")
    try ops.commit([Self.web: OpsRepository.channels(cap: 5) + "exposure: 90%\n"], by: .ben)
    let judged = try judge()
    #expect(judged.pin == "\(other)" && judged.reasons == ["approval.tombstone"])
    #expect(judged.words.contains("brings back cap/units of Channel/web, which commit"), "\(judged.words)")
  }

  /// Beside something new, under a comment, in another file, within a window: the value is the same.
  @Test(arguments: ["padded", "commented", "moved", "windowed"]) func aPaddedCommitIsTheSameChange(how: String) throws {
    let revert = try takeBack()
    let cap = OpsRepository.channels(cap: 5)
    let files: [String: String?] =
      switch how {
      case "padded": [Self.web: cap + "exposure: 80%\n"]
      case "commented": [Self.web: "# Good morning.\n" + cap]
      case "moved": [Self.web: nil, "state/channels/other.yaml": cap]
      default: [Self.web: cap.replacing("window: 7d", with: "window: 8d")]
      }
    try ops.commit(files, by: .ben)
    let judged = try judge()
    #expect(judged.pin == "\(revert)" && judged.reasons == ["approval.tombstone"])
  }

  @Test func splitOverTwoCommitsItIsTheSameChange() throws {
    let revert = try takeTwoBack()
    try ops.commit([Self.web: Self.twoChannels(5, 50)], by: .ben)
    #expect(try judge().reasons == ["approval.tombstone"])
    try ops.commit([Self.web: Self.twoChannels(5, 3)], by: .ben)
    #expect(try judge().pin == "\(revert)")
    // Another cap of the same kind is something else.
    let other = try ops.commit([Self.web: Self.twoChannels(100, 49)], by: .ben)
    #expect(try judge().pin == "\(other)")
  }

  /// What was refused was not wanted, however often it is tried.
  @Test func tryingAgainDoesNotWearItOut() throws {
    try takeBack()
    for _ in 0..<3 {
      try cap(5, by: .ben)
      #expect(try judge().reasons == ["approval.tombstone"])
      let back = try cap(100, by: .ben)
      #expect(try judge().pin == "\(back)")
    }
  }

  /// Who commits on top of what a program brought has not said it.
  @Test func somethingElseThatAPersonSignsDoesNotBringItBack() throws {
    let revert = try takeBack()
    try cap(5, by: .ben)
    let shop = OpsRepository.channels(cap: 50).replacing("name: web", with: "name: shop")
    try ops.commit(["state/channels/shop.yaml": shop], by: .anna, message: "A shop")
    let judged = try judge()
    #expect(judged.pin == "\(revert)" && judged.reasons == ["approval.tombstone"])
    // Without it the rest goes its way.
    let mended = try cap(100, by: .anna)
    #expect(try judge().pin == "\(mended)")
  }

  @Test func automationMayGoBackAndForthByItself() throws {
    for units in [5, 100, 5, 100] { try cap(units, by: .ben) }
    let last = try cap(5, by: .ben)
    #expect(try judge().pin == "\(last)")
  }

  @Test func aPersonWhoSignsItBringsItBack() throws {
    _ = try takeBack()
    let again = try cap(5, by: .anna, "After all")
    #expect(try judge().pin == "\(again)")
    // What came again was wanted again: from now on it is a change like any other.
    try cap(7, by: .anna)
    let third = try cap(100, by: .anna)
    let fourth = try cap(5, by: .ben)
    #expect(try judge().pin == "\(fourth)", "\(third)")
  }

  @Test func aRevertOfTheRevertEndsItsTombstone() throws {
    let revert = try takeBack()
    let again = try cap(5, by: .anna, "Reapply \"Cap\"\n\nThis reverts commit \(revert).")
    // Now the revert is what was taken back: automation may not bring it again.
    try cap(100, by: .ben)
    let judged = try judge()
    #expect(judged.pin == "\(again)" && judged.reasons == ["approval.tombstone"])
  }

  /// A daemon that judges as commits come finds the same as one that begins anew.
  @Test func aWalkThatGoesOnFindsWhatANewOneFinds() throws {
    let history = PolicyHistory(repository: ops.repository)
    var pin = try history.judge(pin: nil, head: root, trustRoot: root).judgement.pin
    let steps: [(Int, OpsRepository.Signer, Bool)] = [
      (5, .ben, false), (100, .anna, true), (5, .ben, false), (100, .anna, false), (5, .anna, false), (6, .ben, false),
    ]
    for (units, signer, isRevert) in steps {
      let head = try ops.head
      try cap(units, by: signer, isRevert ? "Revert\n\nThis reverts commit \(head)." : "Cap")
      let judged = try history.judge(pin: pin, head: ops.head, trustRoot: nil).judgement
      #expect(try judged.pin.commit == judge().pin, "\(units)")
      pin = judged.pin
    }
  }

  @Test func anApprovalOfAPersonLiftsItAndStandsInTheRecord() throws {
    let morning = try #require(Instant("2026-11-24T08:00:00Z"))
    let anna = try #require(OpsRepository.anna)
    func approve(_ base: ObjectID, _ head: ObjectID) throws -> SignedStatement {
      let files = try FileChange.list(
        from: ops.repository.commit(base).tree, to: ops.repository.commit(head).tree, in: ops.repository)
      let statement = Statement(
        kind: .approve, change: SHA256Digest(ofChange: files), base: "\(base)", head: "\(head)",
        tree: "\(try ops.repository.commit(head).tree)", policyVersion: 1, impact: nil, person: "anna", reason: nil,
        issuedAt: morning, expiresAt: morning + .day, nonce: String(repeating: "0", count: 32))
      return try #require(statement.signed(by: anna))
    }
    let first = try cap(5, by: .ben)
    let before = try approve(root, first)
    let revert = try cap(100, by: .anna, "Revert \"Cap\"\n\nThis reverts commit \(first).")
    let again = try cap(5, by: .ben)
    #expect(try judge([before], at: morning).pin == "\(revert)", "what was approved before it was taken back")
    let now = try approve(revert, again)
    let judged = try judge([before, now], at: morning)
    #expect(judged.pin == "\(again)" && judged.approvals == 1)
    #expect(try judge([now], at: morning + .day).pin == "\(revert)", "it has expired")
  }
}
