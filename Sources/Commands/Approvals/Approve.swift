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
      Signs the change between the policy in force and REV, with its impact, and appends the statement to the log of \
      approvals (refs/purser/approvals) of the remote that the branch follows, or of the repository itself. The approval \
      stays valid through squash, rebase and merge. It is no longer valid when one of its files is changed elsewhere, when \
      the change would do more than was approved, or when the approval has expired.

      With --hold, approves a held plan ('purser get held'): the approval is valid for that hold only, once, and as long \
      as the plan does no more than what is shown here. With --review, confirms that you have reviewed a change that took \
      effect without its review, and closes its case.
      """)

  @Argument(help: "The commit at the end of the change, its branch, or the first digits of its digest.") var revision:
    String?
  @Option(help: "The number of a hold, instead of REV; needs --store.") var hold: Int64?
  @OptionGroup var options: ReviewOptions
  @OptionGroup var signing: KeyOptions
  @Option(help: "The reason; required with --break-glass.") var reason: String?
  @Option(
    name: .customLong("for"), help: "How long it is valid at most (default: 7d; with --break-glass or --hold: 4h).",
    transform: TimeSpan.option)
  var span: TimeSpan?
  @Option(
    help: "The output of 'purser plan BASE..HEAD -o json --out FILE' with the figures, if the store is elsewhere.")
  var impact: String?
  @Flag(help: "Put the change in force without its review, for the role that the rule names. Opens a case.")
  var breakGlass = false
  @Flag(help: "Close the case of a change that took effect without review; needs --store.") var review = false

  func validate() throws {
    if (revision == nil) == (hold == nil) { throw ValidationError("give either a change, or a hold with --hold") }
    if hold != nil || review, breakGlass || impact != nil || (hold != nil && review) {
      throw ValidationError("--hold and --review cannot be combined with --break-glass, --impact or each other")
    }
    if breakGlass, reason == nil { throw ValidationError("--break-glass needs a --reason") }
    if impact != nil, options.store != nil { throw ValidationError("give only one of --impact and --store") }
    if let span, span.milliseconds < 60_000 { throw ValidationError("--for must be at least 1m") }
  }

  func run() throws {
    let desk = try ReviewDesk(options)
    if let hold { return try approve(hold, desk) }
    let revision = revision ?? ""
    if review { return try close(try desk.commit(named: revision), desk) }
    let head = try desk.commit(toSignAbout: revision)
    let key = try SigningKey.find(given: signing.key, in: desk.repository)
    if let said = try desk.approvalInForce(of: head, by: key) {
      return Output.words(
        "\(head.short) is already in force, and you approved it at \(said.issuedAt); nothing was signed\n")
    }
    let reviewed = try desk.review(head, impactFile: impact, isUrgent: breakGlass)
    let saying = try Saying(desk, try Topic(reviewed, desk), key: key)
    let kind: Statement.Kind = breakGlass ? .breakGlass : .approve
    if let objection = reviewed.change.objection(to: kind, by: saying.person, reviewed.evidence) { throw objection }
    if !breakGlass { try check(saying, reviewed) }
    let isVoid = reviewed.change.uncounted(reviewed.evidence).contains { $0.person == saying.person }
    if !isVoid, try repeats(saying, kind) { return Output.words(desk.standing(reviewed)) }
    let wanted = span ?? (breakGlass ? Self.shortSpan : Self.usualSpan)
    let allowed = reviewed.change.validity(of: kind, by: saying.person, reviewed.evidence)
    let limit = allowed.flatMap { $0 < wanted ? $0 : nil }
    let statement = try saying.statement(kind, reason: reason, for: limit ?? wanted)
    try saying.say(statement, limit: limit, isAgreed: signing.yes)
    Output.words(try desk.standing(after: head, impactFile: impact, isUrgent: breakGlass))
  }

  /// Says so where the same person has said the same before, and it still counts.
  private func repeats(_ saying: Saying, _ kind: Statement.Kind, validFor: TimeSpan? = nil) throws -> Bool {
    guard span == nil, let said = saying.saidBefore(kind, reason: reason, validFor: validFor) else { return false }
    Output.words(
      "already \(kind == .breakGlass ? "let through with break-glass" : kind.pastVerb) by you at \(said.issuedAt) (\(saying.topic.title)); nothing was signed\n"
    )
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
    Output.words("the next cycle closes the case\n")
  }

  private func check(_ saying: Saying, _ reviewed: ReviewDesk.Reviewed) throws {
    if reviewed.impact == nil, case .undecided = reviewed.verdict {
      throw Diagnostic(
        "review.no_figures", "a rule requires the impact of the change, which is not known here",
        hint: "give --store, or --impact with the output of 'purser plan \(reviewed.change.base.commit.prefix(10)).."
          + "\(reviewed.proposed.head.short) -o json --out FILE' from where the store is")
    }
  }
}
