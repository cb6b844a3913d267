import ArgumentParser
import Git

/// Where changes and what is said about them are found: the same options for every command of a review.
struct ReviewOptions: ParsableArguments {
  @Option(help: "The operations repository (a folder, usually your clone).") var repo = "."
  @Option(
    help: "The store, if available; it says which policy is in force, and what a change would do.")
  var store: String?
  @Option(help: "The policy branch.") var branch = "main"
  @Option(
    help:
      "An Ed25519 private key for ssh:// remotes (default: the SSH agent). For https:// git's credential helpers are used, unless PURSER_GIT_USER and PURSER_GIT_PASSWORD are set."
  )
  var sshKey: String?
  @OptionGroup var clock: ClockOptions

  var credentials: Credentials { .given(sshKey: sshKey, clone: repo) }

  mutating func validate() throws {
    repo = CloneTop.of(repo)
    try PolicyBranch.checkOption(branch)
  }
}

/// `--key`: with what a statement is signed.
struct KeyOptions: ParsableArguments {
  @Option(
    help: "Your signing key or its public half (default: git's signing key).")
  var key: String?
  @Flag(help: "Sign without asking.") var yes = false
}
