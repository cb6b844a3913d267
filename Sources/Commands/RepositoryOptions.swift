import ArgumentParser
import FoundationEssentials
import Git
import Operations

/// Where the policy and the facts are: the same options for every command that needs both.
struct RepositoryOptions: ParsableArguments {
  @Option(help: "The operations repository: a folder, or an address (ssh://, https://, file://, user@host:path).")
  var repo = "."
  @Option(help: "The store (a SQLite file).") var store: String
  @Option(help: "The policy branch.") var branch = "main"
  @Option(
    help: "The root commit that the first run must find (default: trust the one that it finds).")
  var trustRoot: String?
  @Option(
    help:
      "An Ed25519 private key for ssh:// addresses (default: the SSH agent). For https:// set PURSER_GIT_USER and PURSER_GIT_PASSWORD."
  )
  var sshKey: String?

  var credentials: Credentials { .given(sshKey: sshKey) }

  func validate() throws { _ = try trustRootID() }

  func trustRootID() throws -> ObjectID? {
    guard let trustRoot else { return nil }
    guard let id = ObjectID(trustRoot) else {
      throw ValidationError("--trust-root takes the 40 digits of a commit id, not '\(trustRoot)'")
    }
    return id
  }
}

extension Credentials {
  /// A user name and password for https:// addresses come from the environment, where no process list shows them.
  /// - Parameter clone: whose git is asked for a password that is not given there; nil where nobody is there to answer.
  static func given(sshKey: String?, clone: String? = nil) -> Credentials {
    let environment = ProcessInfo.processInfo.environment
    return Credentials(
      sshKeyPath: sshKey, userName: environment["PURSER_GIT_USER"], password: environment["PURSER_GIT_PASSWORD"],
      helper: clone.map { CredentialHelper(folder: $0) })
  }
}

/// `--now`, which sets the clock.
struct ClockOptions: ParsableArguments {
  @Option(help: "The time to use as now, in RFC 3339 (default: the clock).") var now: String?

  func validate() throws { _ = try clock() }

  func clock() throws -> @Sendable () -> Instant {
    guard let now else { return { .wallClock } }
    let moment = try Self.moment(now)
    return { moment }
  }

  /// What `--now` may be: git keeps the time of a commit in 32 bits of seconds since 1970.
  private static let years = "1970-01-01T00:00:00Z"..."2105-12-31T23:59:59Z"

  static func moment(_ text: String, of option: String = "--now") throws -> Instant {
    guard let moment = Instant(text) else {
      throw ValidationError("\(option) '\(text)' is not an RFC 3339 time such as 2026-11-20T00:00:00Z")
    }
    guard let first = Instant(years.lowerBound), let last = Instant(years.upperBound), (first...last).contains(moment)
    else { throw ValidationError("\(option) '\(text)' is not between \(years.lowerBound) and \(years.upperBound)") }
    return moment
  }
}

extension TimeSpan: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
