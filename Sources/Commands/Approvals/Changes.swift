import Approvals
import ArgumentParser
import AuditTrail
import Diagnostics
import Digest
import Git
import Operations
import Reconciling
import Reports

/// `purser changes`: what waits, and for whom.
struct Changes: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the changes that are not in force yet, and what each is waiting for.",
    discussion: """
      Lists the commits of the branch after the policy in force, each including all before it, and the proposal/* branches \
      that are not merged. Without --store, the policy in force is taken from the daemon's last audit record.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var options: ReviewOptions
  @Option(name: .shortAndLong, help: "text or json.") var output = Format.text

  func run() throws {
    let desk = try ReviewDesk(options)
    let line = try desk.waiting()
    let next = line.isEmpty ? nil : try NextCycle(desk)
    let waiting = try line.map { try WaitingChange(nil, $0, desk, next) }
    let proposals = try desk.proposals().map { try WaitingChange($0.name, $0.head, desk, next) }
    switch output {
    case .text: Output.data(text(desk, waiting, proposals))
    case .json: Output.data(json(desk, waiting, proposals).pretty() + "\n")
    }
    if !desk.logged.problems.isEmpty {
      Output.words(DiagnosticRenderer(colour: Output.hasColour(2)).render(desk.logged.problems))
    }
  }

  private func text(_ desk: ReviewDesk, _ waiting: [WaitingChange], _ proposals: [WaitingChange]) -> String {
    var text = "policy \(desk.pin.commit.prefix(10)) is in force, version \(desk.pin.version)\n"
    for hold in desk.stored?.holds.open ?? [] {
      text += "hold \(hold.number) (\(hold.cause.rawValue)) has been waiting for approval since \(hold.since); "
      text += "see 'purser get held'\n"
    }
    if waiting.isEmpty, proposals.isEmpty { return text + "no pending changes\n" }
    if !waiting.isEmpty { text += "\non \(options.branch)\n" + waiting.map(\.text).joined() }
    if !proposals.isEmpty { text += "\nproposed\n" + proposals.map(\.text).joined() }
    return text
  }

  private func json(_ desk: ReviewDesk, _ waiting: [WaitingChange], _ proposals: [WaitingChange]) -> JSONValue {
    [
      "policy": desk.pin.json, "holds": .array(desk.stored?.holds.open.map(\.json) ?? []),
      "waiting": .array(waiting.map(\.json)), "proposals": .array(proposals.map(\.json)),
      "problems": DiagnosticFormats.json(desk.logged.problems),
    ]
  }
}

/// One change in the list. One that cannot be judged is listed too, with why.
struct WaitingChange {
  private let name: String?
  private let head: ObjectID
  /// Nil where it cannot be read.
  private let commit: Commit?
  private let reviewed: ReviewDesk.Reviewed?
  private let voices: [Statement]
  /// What counts for nothing of it, by person.
  private let uncounted: [String: Diagnostic]
  private let reasons: [Diagnostic]
  private let state: String
  /// What becomes of it where it waits for nobody.
  private let next: String
  /// What of its plan is not done by itself, where nothing else is missing and that is known here.
  private let waits: [PlanWait]

  /// - Parameters:
  ///   - name: of the proposal; nil for a commit of the policy branch.
  ///   - cycle: what becomes of the branch; nil where that is not known here.
  init(_ name: String?, _ head: ObjectID, _ desk: ReviewDesk, _ cycle: NextCycle?) throws {
    self.name = name
    self.head = head
    commit = try? desk.repository.commit(head)
    do {
      if name == nil, let reason = try desk.unfollowed() { throw reason }
      if let problem = desk.repository.problem(with: head, at: "it") {
        throw Diagnostic("change.not_a_commit", problem, hint: "delete the branch, and propose the change again")
      }
      let reviewed = try desk.review(head)
      self.reviewed = reviewed
      next =
        name == nil
        ? "takes effect \(desk.turn(of: reviewed.change))"
        : "approved, merge it" + (desk.mergeWords(reviewed).map { "\n        \($0)" } ?? "")
      voices = desk.voices(reviewed.change)
      uncounted = Dictionary(
        reviewed.change.uncounted(reviewed.evidence).map { ($0.person, $0.reason) },
        uniquingKeysWith: { first, _ in first })
      switch reviewed.verdict {
      case .accepted:
        waits = name == nil ? cycle?.waits(with: head) ?? [] : desk.foreseen(reviewed)
        (state, reasons) = (name == nil && waits.contains(where: \.isWhole) ? "held" : "ready", [])
      case .undecided: (state, reasons, waits) = ("depends", [], [])
      case .refused(let reasons):
        (self.reasons, waits) = (reasons, [])
        state = reasons.allSatisfy(\.canBeApprovedAway) ? "waiting" : "refused"
      }
    } catch let problem as Diagnostic {
      (reviewed, voices, uncounted, reasons, state, next, waits) = (nil, [], [:], [problem], "refused", "", [])
    } catch let error as GitError where name != nil {
      // What somebody pushed beside the branch must not keep others from seeing what waits.
      let problem = Diagnostic(
        "change.unreadable", "\(head.short) cannot be read: \(error.message)",
        hint: "delete the branch, and propose the change again")
      (reviewed, voices, uncounted, reasons, state, next, waits) = (nil, [], [:], [problem], "refused", "", [])
    }
  }

  var text: String {
    let digest = reviewed.map { "  change \($0.change.digest.description.prefix(10))" } ?? ""
    let about = commit.map { " \u{201C}\(escaped($0.summary))\u{201D} by \(escaped($0.author.name))" } ?? ""
    var lines = ["  \(head.short)\(about)\(digest)"]
    if let name { lines[0] += "  \(PolicySource.proposalPrefix)\(escaped(name))" }
    lines += (reviewed?.carriedLines ?? []).map { "      with \($0)" }
    for (index, said) in voices.enumerated() {
      lines.append("      \(Self.words(said))")
      // Only the last word of a person can count.
      guard let reason = uncounted[said.person], !voices[(index + 1)...].contains(where: { $0.person == said.person })
      else { continue }
      lines.append("        does not count: \(escaped(reason.message))")
    }
    switch state {
    case "ready":
      lines.append("      ready: \(next)")
      lines += waits.map { "        \(escaped(name == nil ? $0.words : $0.sentence))" }
    case "held":
      lines += waits.map { one in
        let verb = one.hold.map { "held as hold \($0)" } ?? "and held by the next cycle"
        return one.isWhole
          ? "      accepted, \(verb): \(escaped(one.words))" : "        \(escaped(one.words))"
      }
    case "depends": lines.append("      the approvals it needs depend on its impact: give --store")
    // What counts for nothing stands beside who said it.
    default:
      lines += reasons.filter { !uncounted.values.contains($0) }.map { reason in
        // Who is asked for something else than an approval is told what to do.
        let hint = reviewed == nil ? reason.hint.map { "\n        \(escaped($0))" } ?? "" : ""
        return "      \(state): \(escaped(reason.message))\(hint)"
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func words(_ said: Statement) -> String {
    let did = said.kind == .breakGlass ? "let it through" : "\(said.kind.pastVerb) it"
    return "\(said.person) \(did) at \(said.issuedAt)" + (said.expiresAt.map { ", until \($0)" } ?? "")
      + (said.reason.map { ": \u{201C}\($0)\u{201D}" } ?? "")
  }

  var json: JSONValue {
    [
      "proposal": JSONValue(name), "commit": .string(head.description), "summary": JSONValue(commit?.summary),
      "author": JSONValue(commit.map { "\($0.author.name) <\($0.author.email)>" }),
      "authors": .array((reviewed?.authors.sorted() ?? []).map { .string($0) }),
      "change": JSONValue(reviewed?.change.digest.description), "state": .string(state),
      "waits": .array(waits.map(\.json)), "with": .array((reviewed?.carried ?? []).map(\.json)),
      "impact": reviewed?.impact.map { .object($0.mapValues { .integer($0) }) } ?? .null,
      "statements": .array(voices.map(\.json)),
      "uncounted": .object(uncounted.mapValues { DiagnosticFormats.json([$0]) }),
      "reasons": DiagnosticFormats.json(reasons),
    ]
  }
}
