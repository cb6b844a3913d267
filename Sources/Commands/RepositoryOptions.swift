import ArgumentParser
import FoundationEssentials
import Git
import Operations

/// Where the policy and the facts are: the same options for every command that needs both.
struct RepositoryOptions: ParsableArguments {
  @Option(help: "The operations repository: a folder, or an address (ssh://, https://, file://, user@host:path).")
  var repo = "."
  @Option(help: "The store, a SQLite file.") var store: String
  @Option(help: "The branch whose commits are policy.") var branch = "main"
  @Option(
    help: "The commit that the first run must find at the root of the branch; without it, the one found is trusted.")
  var trustRoot: String?
  @Option(help: "An Ed25519 private key for ssh:// addresses; without it the SSH agent is asked.") var sshKey: String?

  /// A user name and password for https:// addresses come from the environment, where no process list shows them.
  var credentials: Credentials {
    let environment = ProcessInfo.processInfo.environment
    return Credentials(
      sshKeyPath: sshKey, userName: environment["PURSER_GIT_USER"], password: environment["PURSER_GIT_PASSWORD"])
  }

  func trustRootID() throws -> ObjectID? {
    guard let trustRoot else { return nil }
    guard let id = ObjectID(trustRoot) else {
      throw ValidationError("--trust-root takes the 40 digits of a commit id, not '\(trustRoot)'")
    }
    return id
  }
}

/// `--now`, which sets the clock.
struct ClockOptions: ParsableArguments {
  @Option(help: "The moment to take for now (RFC 3339); the clock's, if left out.") var now: String?

  func clock() throws -> @Sendable () -> Instant {
    guard let now else { return { .wallClock } }
    guard let moment = Instant(now) else {
      throw ValidationError("--now '\(now)' is not RFC 3339, for example 2026-11-20T00:00:00Z")
    }
    return { moment }
  }
}

extension TimeSpan: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
