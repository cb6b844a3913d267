import Digest
import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `purser init` as a stranger runs it: an empty home, no key, no git configuration.
@Suite struct InitTests {
  let scratch: ScratchFolder
  let purser: Program

  init() throws {
    scratch = try ScratchFolder()
    purser = try Program(scratch)
  }

  @Test func aStrangerGetsACleanSignedRepository() throws {
    let made = try purser("init", "ops")
    try #require(made.status == 0, "\(made.errors)")
    #expect(made.output.isEmpty && made.errors.contains("a new key"))
    #expect(try purser.shell("git status --porcelain", in: "ops").output == "")
    #expect(try purser.shell("git rev-list --all --count", in: "ops").output == "1\n")
    let verified = try purser.shell("git verify-commit HEAD && git fsck --strict", in: "ops")
    #expect(verified.status == 0 && verified.errors.contains("Good \"git\" signature"), "\(verified.errors)")
    #expect(try purser("validate", "ops").status == 0)
    for key in ["signing_key", "audit_key"] {
      var status = stat()
      #expect(stat(scratch.path(".config/purser/\(key)"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
    let auditKey = try scratch.read(".config/purser/audit_key.pub").split(separator: " ")[1]
    #expect(try scratch.read("ops/state/purser.yaml").contains("audit_key: ssh-ed25519 \(auditKey)\n"))
  }

  @Test func plainCommitsAndRevertsAreSigned() throws {
    try #require(try purser("init", "ops").status == 0)
    let changed = try purser.shell(
      """
      sed -i 's/percent_of_available: 30%/percent_of_available: 20%/' state/channels/channels.yaml &&
      git commit -qam 'Lower a cap' && git verify-commit HEAD &&
      git revert --no-edit HEAD && git verify-commit HEAD && git diff --quiet HEAD~2
      """, in: "ops")
    #expect(changed.status == 0, "\(changed.errors)")
  }

  @Test func aFolderThatIsNotEmptyIsLeftAlone() throws {
    try scratch.write("mine", to: "ops/file")
    let refused = try purser("init", "ops")
    #expect(refused.status == 1 && refused.errors.contains("init.not_empty"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("ops")) == ["file"])
  }

  @Test func aFailureLeavesNothingBehind() throws {
    let refused = try purser("init", "ops", "--audit-key", scratch.path("none"))
    #expect(refused.status == 1 && refused.errors.contains("key.unreadable"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path("ops")))
    try FileManager.default.createDirectory(atPath: scratch.path("empty"), withIntermediateDirectories: true)
    #expect(try purser("init", "empty", "--audit-key", scratch.path("none")).status == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("empty")) == [])
  }

  @Test func keysAreMadeOnceAndUsedAgain() throws {
    try #require(try purser("init", "one").status == 0)
    let second = try purser("init", "two")
    #expect(second.status == 0 && !second.errors.contains("new key"))
    #expect(try scratch.read("one/.purser/allowed_signers") == scratch.read("two/.purser/allowed_signers"))
  }

  @Test func theUsersOwnKeyIsTaken() throws {
    try makeKey(passphrase: "")
    let made = try purser("init", "ops")
    #expect(made.status == 0 && made.errors.contains(scratch.path(".ssh/id")), "\(made.errors)")
    #expect(!FileManager.default.fileExists(atPath: scratch.path(".config/purser/signing_key")))
    let shown = try purser.shell("git log --format='%an %G? %ae'", in: "ops").output
    #expect(shown == "Ada Lovelace G ada@example.test\n")
    #expect(try scratch.read("ops/state/governance/people.yaml").contains("name: ada-lovelace\n"))
  }

  @Test(arguments: [
    ("José Ñandú", "jose-nandu"), ("Joze\u{301} Weiß-Ærø", "joze-weiss-aero"), ("李小龍", "owner"),
  ])
  func aNameBecomesPlainLetters(name: String, expected: String) throws {
    let made = try purser.shell("git config --global user.name '\(name)' && purser init 'my ops'", in: ".")
    #expect(made.status == 0 && made.errors.contains("\n\(expected) may change"), "\(made.errors)")
    #expect(made.errors.contains("purser validate 'my ops'\n"))
  }

  /// Nobody is there who knows the passphrase: the session has no terminal.
  @Test func aKeyThatNobodySignsWithIsNamedAndReplaced() throws {
    try makeKey(passphrase: "secret")
    let made = try purser.shell("setsid -w purser init ops", in: ".")
    #expect(
      made.status == 0 && made.errors.contains("did not sign") && made.errors.contains("a new key"), "\(made.errors)")
    let own = try scratch.read(".ssh/id.pub").split(separator: " ")[1]
    #expect(try !scratch.read("ops/state/governance/people.yaml").contains(own))
    #expect(try purser.shell("git status --porcelain; git verify-commit HEAD", in: "ops").status == 0)
    #expect(try purser.shell("git rev-list --all --count", in: "ops").output == "1\n")
  }

  /// The first person may have any key that git signs with.
  @Test(arguments: ["-t rsa -b 2048", "-t ecdsa -b 256", "-t ecdsa -b 521", "-t ed25519"], ["file", "agent"])
  func theFirstPersonMayHaveAnyKey(options: String, place: String) throws {
    try makeKey(passphrase: "", options: options)
    var before = ""
    if place == "agent" {
      before = "export SSH_AUTH_SOCK='\(scratch.path("agent"))';"
      let agent = try ChildProcess("ssh-agent", ["-D", "-a", scratch.path("agent")], environment: purser.environment)
      defer { agent.stop() }
      try signs(
        """
        \(before) for i in $(seq 500); do test -S "$SSH_AUTH_SOCK" && break; sleep 0.01; done; ssh-add -q .ssh/id && \
        git config --global user.signingkey "key::$(cat .ssh/id.pub)" && mv .ssh/id .ssh/hidden;
        """)
    } else {
      try signs("")
    }
  }

  /// Makes a repository whose first commit and the next are signed with the user's key, and take effect.
  private func signs(_ before: String) throws {
    let key = try scratch.read(".ssh/id.pub").split(separator: " ")[1]
    let made = try purser.shell("\(before) purser init ops", in: ".")
    #expect(made.status == 0 && !made.errors.contains("not used"), "\(made.errors)")
    #expect(try scratch.read("ops/state/governance/people.yaml").contains(key))
    let used = try purser.shell(
      """
      \(before.isEmpty ? "" : "export SSH_AUTH_SOCK='\(scratch.path("agent"))';") cd ops && git verify-commit HEAD && \
      sed -i 's/percent_of_available: 30%/percent_of_available: 20%/' state/channels/channels.yaml && \
      git commit -qam 'Lower a cap' && git verify-commit HEAD && purser run --once --repo . --store ../ops.db
      """, in: ".")
    #expect(used.status == 0 && used.errors.contains("accepted"), "\(used.errors)")
  }

  private func makeKey(passphrase: String, options: String = "-t ed25519") throws {
    try scratch.write("", to: ".ssh/config")
    let made = try purser.shell(
      """
      ssh-keygen -q \(options) -N '\(passphrase)' -f .ssh/id && git config --global gpg.format ssh &&
      git config --global user.signingkey ~/.ssh/id.pub && git config --global user.name 'Ada Lovelace' &&
      git config --global user.email ada@example.test
      """, in: ".")
    try #require(made.status == 0, "\(made.errors)")
  }
}
