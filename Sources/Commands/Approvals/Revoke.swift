import Approvals
import ArgumentParser
import DesiredStateFiles
import Diagnostics
import Digest
import Git
import Operations
import Verification

/// `purser revoke REV`: an approval or a rejection is taken back.
struct Revoke: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Revoke your statement about a change, signed with your key.",
    discussion: "Your approval or rejection no longer counts. What has already taken effect stays in effect.")

  @Argument(help: "The commit at the end of the change, its branch, or the first digits of its digest.") var revision:
    String?
  @Option(help: "The number of a hold, instead of REV; needs --store.") var hold: Int64?
  @OptionGroup var options: ReviewOptions
  @OptionGroup var signing: KeyOptions
  @Option(help: "Why.") var reason: String?

  func validate() throws {
    if (revision == nil) == (hold == nil) { throw ValidationError("give either a change, or a hold with --hold") }
  }

  func run() throws {
    let desk = try ReviewDesk(options)
    if let hold { return try revoke(hold, desk) }
    let head = try desk.commit(toSignAbout: revision ?? "")
    let key = try SigningKey.find(given: signing.key, in: desk.repository)
    let reviewed: ReviewDesk.Reviewed
    do {
      reviewed = try desk.review(head)
    } catch let problem as Diagnostic {
      // What is in force or does not merge any more may have been rejected as it was.
      guard try revokeFormer(head, key, besides: nil, desk) else { throw problem }
      return
    }
    let saying = try Saying(desk, try Topic(reviewed, desk), key: key)
    let others = try revokeFormer(head, key, besides: reviewed.change.digest, desk)
    guard let last = saying.topic.said.last(where: { $0.person == saying.person }), last.kind != .revoke
    else {
      if others { return Output.words(try desk.standing(after: head)) }
      throw Diagnostic(
        "review.nothing_said", "\(saying.person) has no statement about this change to revoke",
        hint: "'purser changes' shows who said what; a change that was edited since is a different change")
    }
    let statement = try saying.statement(.revoke, reason: reason, for: nil)
    try saying.say(statement, isAgreed: signing.yes)
    Output.words(try desk.standing(after: head))
  }

  /// Takes back what the owner of a key rejected at a commit while something else was in force: a change of its own, which
  /// still blocks what brings any of it.
  /// - Parameter digest: of the change that it is now.
  /// - Returns: whether there was anything.
  private func revokeFormer(
    _ head: ObjectID, _ key: SigningKey, besides digest: SHA256Digest?, _ desk: ReviewDesk
  ) throws -> Bool {
    let state = try desk.history.load(try desk.commit(named: desk.pin.commit)).state
    let former = desk.standing(by: key, at: head).filter { $0.kind == .reject && $0.change != digest }
    for said in former {
      let saying = try Saying(desk, Topic(said, state, desk), key: key)
      try saying.say(try saying.statement(.revoke, reason: reason, for: nil), isAgreed: signing.yes)
    }
    return !former.isEmpty
  }

  private func revoke(_ number: Int64, _ desk: ReviewDesk) throws {
    let waiting = try HeldDesk(desk).hold(number)
    let saying = try Saying(
      desk, Topic(waiting, desk), key: try SigningKey.find(given: signing.key, in: desk.repository))
    guard let last = saying.topic.said.last(where: { $0.person == saying.person }), last.kind != .revoke else {
      throw Diagnostic(
        "review.nothing_said", "\(saying.person) has no statement about hold \(number) to revoke",
        hint: "'purser get held' shows who said what")
    }
    try saying.say(try saying.statement(.revoke, reason: reason, for: nil), isAgreed: signing.yes)
    Output.words(try desk.standing(afterHold: number))
  }
}
