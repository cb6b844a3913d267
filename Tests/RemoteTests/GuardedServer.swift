import Git
import TestSupport
import Testing

/// A server with Purser's hooks, and a company whose people push to it with git itself.
struct GuardedServer {
  let remote: Remote
  let company: CompanyFolder
  let clones: Clones
  let address: String

  /// The clones of the company's people, with what git needs to reach the server.
  struct Clones: Sendable {
    let company: CompanyFolder
    let variables: String

    func run(_ commands: String, in folder: String) throws -> ChildProcess.Result {
      try company.purser.shell("export \(variables); \(commands)", in: "\(company.name)/\(folder)")
    }
  }

  init(_ kind: Remote.Kind) throws {
    remote = try Remote(kind)
    company = try CompanyFolder(items: 3)
    try company.succeed("hooks", "install", remote.bare.folder)
    let variables: String
    switch kind {
    case .ssh:
      let options = "-i '\(remote.scratch.path("user"))' -o IdentitiesOnly=yes -o BatchMode=yes"
      variables =
        "GIT_SSH_COMMAND=\"ssh -F none \(options) -o UserKnownHostsFile='\(remote.scratch.path("known_hosts"))'\""
      address = remote.address
    case .http:
      variables = "GIT_TERMINAL_PROMPT=0"
      address = remote.address.replacing("http://", with: "http://daemon:secret@")
    case .file:
      variables = "GIT_TERMINAL_PROMPT=0"
      address = remote.bare.folder
    }
    clones = Clones(company: company, variables: variables)
  }

  /// Runs commands in a clone, with git set up to reach the server.
  func run(_ commands: String, in folder: String = "ops") throws -> ChildProcess.Result {
    try clones.run(commands, in: folder)
  }

  /// The same, where it must work.
  @discardableResult
  func succeed(_ commands: String, in folder: String = "ops") throws -> ChildProcess.Result {
    let result = try run("set -e; \(commands)", in: folder)
    try #require(result.status == 0, "\(commands): \(result.errors)")
    return result
  }

  /// One cycle of a daemon that follows the server.
  func cycle() throws -> ChildProcess.Result {
    let rest = "--repo '\(remote.address)' --store ops.db --now \(CompanyFolder.now)"
    switch remote.kind {
    case .file: return try company.purser.shell("purser run --once \(rest)", in: company.name)
    case .ssh:
      try company.scratch.write(try remote.scratch.read("known_hosts"), to: ".ssh/known_hosts")
      return try company.purser.shell(
        "purser run --once \(rest) --ssh-key '\(remote.scratch.path("user"))'", in: company.name)
    case .http:
      return try company.purser.shell(
        "PURSER_GIT_USER=daemon PURSER_GIT_PASSWORD=secret purser run --once \(rest)", in: company.name)
    }
  }
}
