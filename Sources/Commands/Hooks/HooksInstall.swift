import ArgumentParser
import Diagnostics
import FoundationEssentials
import Git
import Glibc
import Verification

/// `purser hooks install DIR`: `pre-commit` and `pre-merge-commit` in a work tree; `pre-receive` and `post-receive` on a server.
struct HooksInstall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Install Purser's git hooks.",
    discussion: """
      A work tree gets pre-commit and pre-merge-commit (check staged files). A bare repository, or any repository with --server, gets \
      pre-receive (rejects pushes that are not allowed) and post-receive (wakes the daemon). Run it again to update them. \
      Existing hooks are kept, unless --force moves them to NAME.local; Purser's hook then runs them after itself.
      """)

  @OptionGroup var options: HooksOptions
  @Flag(help: "Move an existing hook to NAME.local and run it after Purser's.") var force = false
  @Option(help: "On a server: the store whose daemon to wake after a push.") var store: String?
  @Option(help: "On a server: the policy branch.") var branch: String?
  @Option(
    help: "On a server: 'approved' (a pushed change must take effect at once) or 'valid' (it may wait for approvals).")
  var gate: PushGate.Settings.Requirement?
  @Option(help: "The folder with Purser's hooks/.") var share: String?

  private static let checks = "receive.fsckObjects"

  func run() throws {
    let files = try HookFiles(options)
    if !files.isServer, store ?? branch ?? gate?.rawValue != nil {
      throw ValidationError("--store, --branch and --gate are for a server: give --server, or name a bare repository")
    }
    if files.isServer {
      try PolicyBranch.check(branch ?? files.repository.configuration("purser.branch") ?? "main", in: files.repository)
    }
    let store = store.map { $0.hasPrefix("/") ? $0 : FileManager.default.currentDirectoryPath + "/" + $0 }
    if let store { try checkFolder(of: store) }
    let contents = try Share.find(share).files(in: "hooks")
    var done = try files.install(contents, force: force)
    var settings = [("purser.program", HookFiles.program)]
    for case (let key, let value?) in [
      ("purser.store", store), ("purser.branch", branch), ("purser.gate", gate?.rawValue),
    ] { settings.append((key, value)) }
    // Git itself then refuses folders that it would never write, on every branch.
    if files.isServer, files.repository.configuration(Self.checks) == nil {
      settings.append((Self.checks, "true"))
      done.append("set \(Self.checks) to true: git rejects malformed objects")
    }
    try files.repository.setConfiguration(settings.map { (key: $0.0, value: $0.1) })
    Output.words(done.map { "\($0)\n" }.joined())
  }

  /// The daemon makes the store, and no folder for it.
  private func checkFolder(of store: String) throws(Diagnostic) {
    let folder = store.lastIndex(of: "/").map { String(store[..<$0]) } ?? ""
    guard access(folder.isEmpty ? "/" : folder, F_OK) != 0 else { return }
    throw Diagnostic(
      "hooks.no_store", "there is no folder '\(folder)' for the store",
      hint: "give the path of the daemon's store: purser hooks install --store /path/to/ops.db")
  }
}

extension PushGate.Settings.Requirement: ExpressibleByArgument {}
