import Approvals
import ArgumentParser
import Diagnostics
import Git
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
    let reviewed = try desk.review(head)
    let saying = try Saying(
      desk, try Topic(reviewed, desk), key: try SigningKey.find(given: signing.key, in: desk.repository))
    guard let last = saying.topic.said.last(where: { $0.person == saying.person }), last.kind != .revoke
    else {
      throw Diagnostic(
        "review.nothing_said", "\(saying.person) has no statement about this change to revoke",
        hint: "'purser changes' shows who said what; a change that was edited since is a different change")
    }
    let statement = try saying.statement(.revoke, reason: reason, for: nil)
    try saying.say(statement, isAgreed: signing.yes)
    Output.words(try desk.standing(after: head))
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
