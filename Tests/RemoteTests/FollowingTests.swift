import Git
import TestSupport
import Testing

/// What a daemon sees of a remote that lives its own life.
@Suite(.serialized) struct FollowingTests {
  @Test(arguments: Remote.Kind.allCases) func theBranchIsFollowedAndNothingIsLost(_ kind: Remote.Kind) throws {
    let remote = try Remote(kind)
    let source = try remote.source()
    #expect(try source.refresh(branch: "main") == nil, "an empty repository")
    #expect(try source.auditHead() == nil)
    let one = try remote.push("One")
    #expect(try source.refresh(branch: "main") == one)
    #expect(try source.refresh(branch: "main") == one)
    #expect(try source.repository.commit(one).summary == "One")
    let two = try remote.push("Two")
    #expect(try source.refresh(branch: "main") == two)
    #expect(try source.repository.firstParentLine(from: one, to: two) == [two])
    #expect(try source.refresh(branch: "other") == nil)

    try remote.bare("update-ref", "-d", "refs/heads/main")
    #expect(try source.refresh(branch: "main") == nil, "a deleted branch")
    #expect(try source.repository.reference("refs/remotes/origin/main") == two, "it is kept here")

    try remote.colleague("reset", "-q", "--hard", "\(one)")
    let three = try remote.push("Three", force: true)
    #expect(try source.refresh(branch: "main") == three)
    #expect(try source.repository.firstParentLine(from: two, to: three) == nil, "rewritten")
    try remote.colleague("checkout", "-q", "--orphan", "unrelated")
    let four = try remote.push("Four", force: true)
    #expect(try source.refresh(branch: "main") == four)
    let replaced = try source.repository.references(prefix: "refs/purser/replaced/")
    #expect(Set(replaced) == ["refs/purser/replaced/\(two)", "refs/purser/replaced/\(three)"])
    let mirror = GitCommand(folder: remote.scratch.path("mirror"), home: remote.scratch.path)
    try mirror("gc", "-q", "--prune=now")
    #expect(try source.repository.firstParentLine(from: nil, to: two) == [one, two])
    try mirror("fsck", "--strict")
  }

  /// A look costs one session, and a second one only when there is something to fetch.
  @Test func nothingNewIsOneRoundTrip() throws {
    let remote = try Remote(.ssh)
    let one = try remote.push("One")
    let source = try remote.source()
    #expect(try source.refresh(branch: "main") == one)
    for _ in 0..<3 { #expect(try source.refresh(branch: "main") == one) }
    #expect(try remote.source().refresh(branch: "main") == one, "a mirror that was made before is used again")
    let sessions = try remote.sessionsUntilNow()
    #expect(sessions == 2 + 3 + 1)
  }

  @Test(arguments: Remote.Kind.allCases) func aMissingRepositoryIsNotFound(_ kind: Remote.Kind) throws {
    let remote = try Remote(kind)
    let source = try remote.source(address: remote.base + "/missing.git")
    let error = try #require(throws: GitError.self) { try source.refresh(branch: "main") }
    #expect(error.kind == .notFound, "\(error)")
  }

  @Test(arguments: [Remote.Kind.ssh, .http]) func aServerThatIsDownIsUnreachable(_ kind: Remote.Kind) throws {
    let remote = try Remote(kind)
    let one = try remote.push("One")
    let source = try remote.source()
    #expect(try source.refresh(branch: "main") == one)
    try remote.stop()
    #expect(kindOf { () throws(GitError) in try source.refresh(branch: "main") } == .unreachable)
    #expect(kindOf { () throws(GitError) in try source.publish(audit: one, expecting: nil) } == .unreachable)
    let later = try remote.source()
    #expect(kindOf { () throws(GitError) in try later.refresh(branch: "main") } == .unreachable)
    #expect(try later.repository.reference("refs/remotes/origin/main") == one)
  }

  @Test(arguments: [Remote.Kind.ssh, .http]) func refusedCredentialsAreNotTriedAgain(_ kind: Remote.Kind) throws {
    let remote = try Remote(kind)
    try remote.push("One")
    for credentials in remote.refused {
      let source = try remote.source("mirror", credentials)
      let error = #expect(throws: GitError.self) { try source.refresh(branch: "main") }
      #expect(error?.kind == .authentication, "\(credentials): \(String(describing: error))")
      #expect(error?.message.contains("wrong") == false, "a password is never shown")
    }
  }

  @Test func anUnknownHostIsRefusedWithTheCommandThatHelps() throws {
    let remote = try Remote(.ssh)
    var credentials = remote.credentials
    credentials.knownHostsPath = nil
    let source = try remote.source("mirror", credentials)
    let error = try #require(throws: GitError.self) { try source.refresh(branch: "main") }
    #expect(error.message.contains("ssh-keyscan -t ed25519 -p "))
    #expect(error.message.hasSuffix(" 127.0.0.1 >> ~/.ssh/known_hosts"))
  }
}

/// A host by the name that `~/.ssh/config` gives it, with what it says of it.
@Suite(.serialized) struct SSHHostTests {
  private func source(_ remote: Remote, _ address: String, _ mirror: String) throws -> PolicySource {
    try remote.source(
      mirror, Credentials(sshConfigurationPath: remote.scratch.path("config")), address: address)
  }

  @Test func aHostAliasLeadsToTheServerWithItsKey() throws {
    let remote = try Remote(.ssh)
    let commit = try remote.push("One")
    let server = remote.base.dropFirst("ssh://".count).prefix { $0 != "/" }
    let user = server.prefix { $0 != "@" }
    let port = server.split(separator: ":").last ?? ""
    let settings = """
      Host work
        HostName 127.0.0.1
        Port \(port)
        User \(user)
        IdentityFile \(remote.scratch.path("stranger"))
        IdentityFile \(remote.scratch.path("user"))
        IdentitiesOnly yes
        UserKnownHostsFile \(remote.scratch.path("known_hosts"))

      """
    try remote.scratch.write(settings, to: "config")
    for (number, address) in ["ssh://work", "\(user)@work:"].enumerated() {
      let source = try source(remote, "\(address)\(remote.bare.folder)", "mirror\(number)")
      #expect(try source.refresh(branch: "main") == commit)
    }
    // What is not done is said.
    try remote.scratch.write(settings + "  ProxyJump bastion\n", to: "config")
    let other = try source(remote, "ssh://work\(remote.bare.folder)", "other")
    let error = try #require(throws: GitError.self) { try other.refresh(branch: "main") }
    #expect(error.message.contains("by way of 'bastion'") && error.message.contains("ProxyJump"), "\(error)")
  }

  @Test func aKeyThatCannotBeUsedIsNamed() throws {
    let remote = try Remote(.ssh)
    try succeed("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", remote.scratch.path("locked"))
    try remote.scratch.write(
      "IdentityFile \(remote.scratch.path("locked"))\nIdentitiesOnly yes\nUserKnownHostsFile"
        + " \(remote.scratch.path("known_hosts"))\n", to: "config")
    let locked = try source(remote, remote.address, "mirror")
    let error = try #require(throws: GitError.self) { try locked.refresh(branch: "main") }
    #expect(error.kind == .authentication && error.message.contains("is protected by a passphrase"), "\(error)")
  }

  @Test func aCommandThatIsNotUsedIsNamed() throws {
    let remote = try Remote(.ssh)
    let source = try remote.source("mirror", remote.refused[0])
    try source.repository.setConfiguration([(key: "core.sshCommand", value: "ssh -i /k")])
    let error = try #require(throws: GitError.self) { try source.refresh(branch: "main") }
    #expect(error.message.contains("core.sshCommand is set") && error.message.contains("~/.ssh/config"), "\(error)")
  }
}

/// Whether a host is trusted, by the file that everybody's ssh keeps.
@Suite(.serialized) struct HostKeyTests {
  private func answer(_ remote: Remote, _ lines: String) throws -> GitError? {
    try remote.scratch.write(lines, to: "known_hosts")
    let source = try remote.source()
    do throws(GitError) {
      _ = try source.refresh(branch: "main")
      return nil
    } catch {
      return error
    }
  }

  @Test func aRevokedKeyIsRefusedWhateverElseStandsThere() throws {
    let remote = try Remote(.ssh)
    try remote.push("One")
    let plain = try remote.scratch.read("known_hosts")
    #expect(try answer(remote, plain) == nil)
    let words = plain.split(separator: " ", maxSplits: 1)
    for lines in ["@revoked \(plain)\(plain)", "\(plain)@revoked * \(words[1])"] {
      let error = try answer(remote, lines)
      #expect(error?.kind == .authentication && error?.message.contains("is marked @revoked in ") == true, "\(lines)")
      #expect(error?.message.contains("ssh-keyscan") == false)
    }
  }

  /// Whoever follows a command that trusts the new key lets in who stands between.
  @Test func aKeyThatChangedIsNotAnsweredWithHowToTrustIt() throws {
    let remote = try Remote(.ssh)
    try remote.push("One")
    let plain = try remote.scratch.read("known_hosts")
    let host = try #require(plain.split(separator: " ").first)
    let other = try remote.scratch.read("user.pub")
    let changed = try answer(remote, "\(host) \(other)")
    #expect(changed?.kind == .authentication && changed?.message.contains("its host key has changed") == true)
    #expect(changed?.message.contains("ssh-keyscan") == false)
    #expect(changed?.message.ranges(of: "ssh-ed25519 SHA256:").count == 2, "\(String(describing: changed))")
    // The older keys of a host stay beside the new one.
    #expect(try answer(remote, "\(host) \(other)\(plain)") == nil)
  }

  /// `HashKnownHosts yes`, as several distributions have it.
  @Test func hashedNamesAreRead() throws {
    let remote = try Remote(.ssh)
    try remote.push("One")
    let plain = try remote.scratch.read("known_hosts")
    let path = remote.scratch.path("known_hosts")
    try succeed("ssh-keygen", "-q", "-H", "-f", path)
    let hashed = try remote.scratch.read("known_hosts")
    #expect(hashed.hasPrefix("|1|"))
    #expect(try answer(remote, hashed) == nil)
    let host = try #require(plain.split(separator: " ").first)
    try remote.scratch.write("\(host) \(try remote.scratch.read("user.pub"))", to: "known_hosts")
    try succeed("ssh-keygen", "-q", "-H", "-f", path)
    let changed = try answer(remote, try remote.scratch.read("known_hosts"))
    #expect(changed?.message.contains("its host key has changed") == true, "\(String(describing: changed))")
  }
}

/// The kind of the error that the work throws; nil when it works.
func kindOf<Result>(_ work: () throws(GitError) -> Result) -> GitError.Kind? {
  do throws(GitError) {
    _ = try work()
    return nil
  } catch {
    return error.kind
  }
}
