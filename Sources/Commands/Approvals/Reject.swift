import Approvals
import ArgumentParser
import Diagnostics
import Git
import Verification

/// `purser reject REV`: a change that must not take effect.
struct Reject: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reject a change, signed with your key.",
    discussion: """
      A rejection by someone who could approve the change blocks it, whoever else approves, until the same person uses \
      'purser revoke'.
      """)

  @Argument(help: "The commit at the end of the change, its branch, or the first digits of its digest.") var revision:
    String?
  @Option(help: "The number of a hold, instead of REV; needs --store.") var hold: Int64?
  @OptionGroup var options: ReviewOptions
  @OptionGroup var signing: KeyOptions
  @Option(help: "The reason, which its authors will read.") var reason: String

  func validate() throws {
    if (revision == nil) == (hold == nil) { throw ValidationError("give either a change, or a hold with --hold") }
  }

  func run() throws {
    let desk = try ReviewDesk(options)
    if let hold { return try reject(hold, desk) }
    let head = try desk.commit(toSignAbout: revision ?? "")
    let reviewed = try desk.review(head)
    let saying = try Saying(
      desk, try Topic(reviewed, desk), key: try SigningKey.find(given: signing.key, in: desk.repository))
    if let objection = reviewed.change.objection(to: .reject, by: saying.person, reviewed.evidence) { throw objection }
    let statement = try saying.statement(.reject, reason: reason, for: nil)
    try saying.say(statement, isAgreed: signing.yes)
    Output.words(try desk.standing(after: head))
  }

  private func reject(_ number: Int64, _ desk: ReviewDesk) throws {
    let waiting = try HeldDesk(desk).hold(number)
    let saying = try Saying(
      desk, Topic(waiting, desk), key: try SigningKey.find(given: signing.key, in: desk.repository))
    if let objection = waiting.objection(to: .reject, by: saying.person) { throw objection }
    try saying.say(try saying.statement(.reject, reason: reason, for: nil), isAgreed: signing.yes)
    Output.words(try desk.standing(afterHold: number))
  }
}
