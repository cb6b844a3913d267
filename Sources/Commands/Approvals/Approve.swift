import Approvals
import ArgumentParser
import DesiredState
import Diagnostics
import Git
import Operations
import Verification

/// `purser approve REV`: what a review asks for.
struct Approve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Approve a change, signed with your key.",
    discussion: """
      Signs the change between the policy in force and REV, with what it would do, and appends that to the log of \
      approvals (refs/purser/approvals) of the remote that the branch follows, or of the repository itself. An approval \
      follows its change through squash, rebase and merge, and counts no longer when a file of it is changed elsewhere, \
      when it would do more than was approved, or when it has expired.

      With --hold it is a plan that waits ('purser get held'): the approval counts for that hold alone, once, and as long \
      as the plan does no more than is shown here. With --review you say that you have looked at a change that took effect \
      without its review, and its case is closed.
      """)

  @Argument(help: "The commit at the end of the change, or the name of its branch.") var revision: String?
  @Option(help: "The number of a hold, in the place of REV; needs --store.") var hold: Int64?
  @OptionGroup var options: ReviewOptions
  @OptionGroup var signing: KeyOptions
  @Option(help: "Why; mandatory with --break-glass.") var reason: String?
  @Option(
    name: .customLong("for"), help: "How long it counts at most; 7d, and with --break-glass or --hold 4h, if left out.")
  var span: TimeSpan?
  @Option(help: "A file of 'purser plan BASE..HEAD -o json --out FILE' with the figures, where the store is elsewhere.")
  var impact: String?
  @Flag(help: "Let the change through without its review, for the role that the rule names. A case is opened.")
  var breakGlass = false
  @Flag(help: "Close the case of a change that took effect without its review; needs --store.") var review = false

  func validate() throws {
    if (revision == nil) == (hold == nil) { throw ValidationError("give the change, or a hold with --hold") }
    if hold != nil || review, breakGlass || impact != nil || (hold != nil && review) {
      throw ValidationError("--hold and --review go with neither --break-glass nor --impact, nor with each other")
    }
    if breakGlass, reason == nil { throw ValidationError("--break-glass needs a --reason") }
    if impact != nil, options.store != nil { throw ValidationError("give one of --impact and --store") }
    if let span, span.milliseconds < 60_000 { throw ValidationError("--for is at least 1m") }
  }

  func run() throws {
    let desk = try ReviewDesk(options)
    if let hold { return try approve(hold, desk) }
    let revision = revision ?? ""
    if review { return try close(try desk.commit(named: revision), desk) }
    let head = try desk.commit(toSignAbout: revision)
    let key = try SigningKey.find(given: signing.key, in: desk.repository)
    if let said = try desk.approvalInForce(of: head, by: key) {
      return Output.words("\(head.short) is in force, and you approved it at \(said.issuedAt); nothing was signed\n")
    }
    let reviewed = try desk.review(head, impactFile: impact)
    let saying = try Saying(desk, try Topic(reviewed, desk), key: key)
    let kind: Statement.Kind = breakGlass ? .breakGlass : .approve
    if let objection = reviewed.change.objection(to: kind, by: saying.person, reviewed.evidence) { throw objection }
    if !breakGlass { try check(saying, reviewed) }
    let isVoid = reviewed.change.uncounted(reviewed.evidence).contains { $0.person == saying.person }
    if !isVoid, try repeats(saying, kind) { return Output.words(desk.standing(reviewed)) }
    let statement = try saying.statement(
      kind, reason: reason, for: span ?? (breakGlass ? Self.shortSpan : Self.usualSpan))
    try saying.say(statement, isAgreed: signing.yes)
    Output.words(try desk.standing(after: head, impactFile: impact))
  }

  /// Says so where the same person has said the same before, and it still counts.
  private func repeats(_ saying: Saying, _ kind: Statement.Kind, validFor: TimeSpan? = nil) throws -> Bool {
    guard span == nil, let said = saying.saidBefore(kind, reason: reason, validFor: validFor) else { return false }
    Output.words(
      "already \(kind.pastVerb) by you at \(said.issuedAt) (\(saying.topic.title)); nothing was signed\n")
    return true
  }

  private static let usualSpan = TimeSpan(milliseconds: 7 * TimeSpan.day.milliseconds)
  private static let shortSpan = TimeSpan(milliseconds: 4 * TimeSpan.hour.milliseconds)

  private func approve(_ number: Int64, _ desk: ReviewDesk) throws {
    let waiting = try HeldDesk(desk).hold(number)
    let saying = try Saying(
      desk, Topic(waiting, desk), key: try SigningKey.find(given: signing.key, in: desk.repository))
    let needed = waiting.review.requirement
    guard !needed.slots.isEmpty else { throw Diagnostics(waiting.review.reasons) }
    if let objection = waiting.objection(to: .approve, by: saying.person) { throw objection }
    if try repeats(saying, .approve, validFor: needed.validFor) {
      return Output.words(try desk.standing(afterHold: number))
    }
    let statement = try saying.statement(
      .approve, reason: reason, for: span ?? needed.validFor.map { min($0, Self.shortSpan) } ?? Self.shortSpan)
    try saying.say(statement, isAgreed: signing.yes)
    Output.words(try desk.standing(afterHold: number))
  }

  private func close(_ commit: ObjectID, _ desk: ReviewDesk) throws {
    let held = try HeldDesk(desk)
    let one = try held.reviewCase(commit)
    let saying = try Saying(
      desk, Topic(one, held.state, desk), key: try SigningKey.find(given: signing.key, in: desk.repository))
    if let objection = one.objection(to: saying.person, held.state) { throw objection }
    try saying.say(
      try saying.statement(.approve, reason: reason, for: span ?? Self.usualSpan), isAgreed: signing.yes)
    Output.words("the case is closed with the next cycle\n")
  }

  private func check(_ saying: Saying, _ reviewed: ReviewDesk.Reviewed) throws {
    if reviewed.impact == nil, case .undecided = reviewed.verdict {
      throw Diagnostic(
        "review.no_figures", "a rule asks because of what the change would do, and that is not known here",
        hint: "give --store, or --impact with the file of 'purser plan \(saying.desk.pin.commit.prefix(10)).."
          + "\(reviewed.proposed.head.short) -o json --out FILE' from where the store is")
    }
  }
}
