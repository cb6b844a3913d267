import Approvals
import ArgumentParser
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
      """)

  @Argument(help: "The commit at the end of the change, or the name of its branch.") var revision: String
  @OptionGroup var options: ReviewOptions
  @OptionGroup var signing: KeyOptions
  @Option(help: "Why; mandatory with --break-glass.") var reason: String?
  @Option(name: .customLong("for"), help: "How long it counts at most; 7d, and with --break-glass 4h, if left out.")
  var span: TimeSpan?
  @Option(help: "A file of 'purser plan BASE..HEAD -o json --out FILE' with the figures, where the store is elsewhere.")
  var impact: String?
  @Flag(help: "Let the change through without its review, for the role that the rule names. A case is opened.")
  var breakGlass = false

  func validate() throws {
    if breakGlass, reason == nil { throw ValidationError("--break-glass needs a --reason") }
    if impact != nil, options.store != nil { throw ValidationError("give one of --impact and --store") }
    if let span, span.milliseconds < 60_000 { throw ValidationError("--for is at least 1m") }
  }

  func run() throws {
    let desk = try ReviewDesk(options)
    let head = try desk.commit(named: revision)
    let figures = try impact.map { try PlanFile.impact($0, from: desk.pin.commit, to: head.description) }
    let reviewed = try desk.review(head, figures: figures)
    let saying = try Saying(
      desk, reviewed, key: try SigningKey.find(given: signing.key, in: desk.repository))
    if !breakGlass { try check(saying, reviewed) }
    let statement = try saying.statement(
      breakGlass ? .breakGlass : .approve, reason: reason,
      for: span ?? (breakGlass ? TimeSpan(milliseconds: 4 * TimeSpan.hour.milliseconds) : Self.usualSpan))
    try saying.say(statement, isAgreed: signing.yes)
    Output.words(try desk.standing(after: head, figures: figures))
  }

  private static let usualSpan = TimeSpan(milliseconds: 7 * TimeSpan.day.milliseconds)

  private func check(_ saying: Saying, _ reviewed: ReviewDesk.Reviewed) throws {
    guard !reviewed.authors.contains(saying.person) else {
      throw Diagnostic(
        "review.author", "\(saying.person) is an author of this change, and authors may not approve it",
        hint: "ask somebody else; 'purser changes' says who is missing")
    }
    if reviewed.impact == nil, case .undecided = reviewed.verdict {
      throw Diagnostic(
        "review.no_figures", "a rule asks because of what the change would do, and that is not known here",
        hint: "give --store, or --impact with the file of 'purser plan \(saying.desk.pin.commit.prefix(10)).."
          + "\(reviewed.proposed.head.short) -o json --out FILE' from where the store is")
    }
  }
}
