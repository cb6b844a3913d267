import ActualState
import Approvals
import ArgumentParser
import Diagnostics
import FoundationEssentials
import Git
import Operations
import Reconciling
import SQLiteStore
import Verification

/// `purser hook pre-receive`: reads from standard input what a push asks for, and refuses it whole if anything in it may
/// not be.
struct HookPreReceive: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pre-receive", abstract: "Reject a push that the policy's rules or the audit trail do not allow.",
    discussion: """
      Configured in the repository's git configuration: purser.branch is the policy branch (default: main), purser.gate is \
      'approved' (a pushed change must take effect at once) or 'valid' (it may wait on the branch for approvals), and \
      purser.trustRoot is the commit that the branch must start from.
      """)

  func run() throws {
    let repository = try Repository(hook: Hook.environment)
    var updates: [ReferenceUpdate] = []
    while let line = readLine() {
      if line.isEmpty { continue }
      guard let update = ReferenceUpdate(line: line) else {
        throw Diagnostic(
          "push.unreadable", "'\(line)' is not pre-receive input", hint: "this hook has to be started by git")
      }
      updates.append(update)
    }
    let now = Instant.wallClock
    let gate = PushGate(repository: repository, settings: try Self.settings(repository), at: now) { change in
      try Self.impact(of: change, repository, at: now)
    }
    let verdict = try gate.verdict(on: updates)
    let renderer = DiagnosticRenderer()
    for refusal in verdict.refused {
      Output.words("purser rejects \(escaped(refusal.name)):\n\(renderer.render(refusal.reasons))")
    }
    guard verdict.isAccepted else {
      Output.words(
        "Nothing was pushed. Change your commits (git commit --amend, git rebase) or follow the hints, and push again.\n"
      )
      throw ExitCode(1)
    }
    guard !verdict.waiting.isEmpty else { return }
    Output.words("The push was accepted, but the change is waiting for:\n")
    Output.words(renderer.render(verdict.waiting))
  }

  /// What a change would do to the world that the store of this server knows; nil where it has none.
  private static func impact(of change: UndecidedChange, _ repository: Repository, at now: Instant) throws
    -> [String: Int64]?
  {
    guard let path = repository.configuration("purser.store"), FileManager.default.fileExists(atPath: path) else {
      return nil
    }
    return change.impact(on: try snapshot(path, at: now), now: now)
  }

  /// A daemon that begins while a file at rest is read has finished that moment, or lets others read beside it.
  private static func snapshot(_ path: String, at now: Instant) throws -> Snapshot {
    for _ in 1..<snapshotTries {
      do {
        return try Snapshot(of: try SQLiteStore(path: path, mode: .readOnly), at: now)
      } catch let error as StoreError where error.kind == .busy {}
    }
    return try Snapshot(of: try SQLiteStore(path: path, mode: .readOnly), at: now)
  }

  private static let snapshotTries = 5

  private static func settings(_ repository: Repository) throws(Diagnostic) -> PushGate.Settings {
    var settings = PushGate.Settings()
    if let branch = repository.configuration("purser.branch") {
      if let problem = PolicyBranch.problem(branch) {
        throw Diagnostic(
          "push.configuration", "the server's git setting purser.branch is wrong: \(problem.message)",
          hint: "ask the server's administrator to run: git config purser.branch main")
      }
      settings.branch = branch
    }
    if let gate = repository.configuration("purser.gate") {
      guard let requirement = PushGate.Settings.Requirement(rawValue: gate) else {
        throw wrong("purser.gate", gate, "approved' or 'valid")
      }
      settings.requirement = requirement
    }
    if let root = repository.configuration("purser.trustRoot") {
      guard let id = ObjectID(root) else { throw wrong("purser.trustRoot", root, "a full commit id (40 digits)") }
      settings.trustRoot = id
    }
    return settings
  }

  private static func wrong(_ key: String, _ value: String, _ expected: String) -> Diagnostic {
    Diagnostic(
      "push.configuration", "the server's git setting \(key) is '\(value)' and must be '\(expected)'",
      hint: "ask the server's administrator to run: git config \(key) VALUE")
  }
}
