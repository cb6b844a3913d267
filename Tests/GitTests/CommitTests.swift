import Digest
import Git
import TestSupport
import Testing

@Suite struct CommitTests {
  private let scratch: ScratchFolder
  private let git: GitCommand
  private let key: PrivateKey
  private let bot = Person(name: "Bot", email: "bot@example.test")

  init() throws {
    scratch = try ScratchFolder()
    git = try GitCommand.initialise(scratch)
    key = try #require(PrivateKey(seed: [UInt8](0..<32)))
    try scratch.write("bot@example.test namespaces=\"git\" \(key.publicKey)\n", to: "signers")
    try scratch.write("\(key.publicKey)\n", to: "key.pub")
    try scratch.write(key.openSSH(comment: "bot"), to: "key")
    _ = try ChildProcess.run("/bin/chmod", ["600", scratch.path("key")])
    for (name, value) in [
      ("gpg.format", "ssh"), ("gpg.ssh.allowedSignersFile", scratch.path("signers")),
      ("user.signingKey", scratch.path("key")),
    ] { try git("config", name, value) }
  }

  private func write(_ repository: Repository, _ message: String, by person: Person? = nil) throws -> ObjectID {
    let blob = try repository.writeBlob(Array("1\n".utf8))
    let tree = try repository.writeTree(base: nil, files: ["2026/01/01/a.jsonl": blob])
    return try repository.writeCommit(
      tree: tree, parents: [], author: person ?? bot, time: 1_767_225_600, message: message,
      sign: { SSHSignature.sign($0, with: key) })
  }

  @Test func gitVerifiesWhatWeSign() throws {
    let repository = try Repository(path: git.folder)
    let commit = try write(repository, "Record\n\nPlan-Digest: ü\n")
    let good = try git.run(["verify-commit", "\(commit)"])
    #expect(good.status == 0 && good.errors.contains("Good \"git\" signature for bot@example.test"))
    #expect(try write(repository, "Record\n\nPlan-Digest: ü\n") == commit, "equal arguments, equal commit")
    // The same commit with one letter changed.
    let text = try git("cat-file", "commit", "\(commit)").replacing("Record", with: "Rekord")
    try scratch.write(text + "\n", to: "raw")
    let forged = try git("hash-object", "-t", "commit", "-w", scratch.path("raw"))
    #expect(try git.run(["verify-commit", forged]).status == 1)
    let signature = try #require(try repository.signature(of: try id(forged)))
    #expect(SSHSignature(armoured: signature.armoured)?.isValid(for: signature.payload) == false)
    try git("fsck", "--strict", "--no-dangling")
  }

  /// Every header that git may put around the signature.
  @Test func weVerifyWhatGitSigns() throws {
    try scratch.write("1", to: "repo/a")
    try git("add", "-A")
    try git("commit", "-q", "-S", "-m", "Plain")
    try git("-c", "i18n.commitEncoding=ISO-8859-1", "commit", "-q", "-S", "--allow-empty", "-m", "Encoded")
    try git("checkout", "-q", "-b", "side", "HEAD~1")
    try git("commit", "-q", "-S", "--allow-empty", "-m", "Side\n\ngpgsig not a header\n")
    try git("tag", "-s", "-m", "Tag", "signed")
    try git("checkout", "-q", "main")
    try git("merge", "-q", "-S", "--no-ff", "-m", "Merge", "signed")
    let repository = try Repository(path: git.folder)
    let commits = try git("rev-list", "--all").split(separator: "\n")
    #expect(commits.count == 4)
    for line in commits {
      let signature = try #require(try repository.signature(of: try id(line)))
      let parsed = try #require(SSHSignature(armoured: signature.armoured))
      #expect(parsed.key == key.publicKey && parsed.isValid(for: signature.payload))
    }
    try git("commit", "-q", "--allow-empty", "-m", "Unsigned")
    #expect(try repository.signature(of: try id(try git("rev-parse", "HEAD"))) == nil)
  }

  /// A signature in the message, or a second one in the header, must not pass for the commit's own.
  @Test func onlyTheOneHeaderIsASignature() throws {
    let repository = try Repository(path: git.folder)
    let raw = try git("cat-file", "commit", "\(try write(repository, "Record\n"))") + "\n"
    let lines = raw.split(separator: "\n", omittingEmptySubsequences: false)
    let header = lines.filter { $0.hasPrefix("gpgsig ") || $0.hasPrefix(" ") }.joined(separator: "\n") + "\n"
    let bare = raw.replacing(header, with: "")
    for forged in [bare + header, raw.replacing(header, with: header + header)] {
      try scratch.write(forged, to: "raw")
      let forgedID = try git("hash-object", "-t", "commit", "-w", "--literally", scratch.path("raw"))
      #expect(try repository.signature(of: try id(forgedID)) == nil)
    }
    let absent = try id(String(repeating: "1", count: 40))
    #expect(throws: GitError.self) { try repository.signature(of: absent) }
  }

  @Test func textThatWouldForgeAHeaderIsRefused() throws {
    let repository = try Repository(path: git.folder)
    for (name, message) in [("a\nparent 1", "x"), ("a", "x\0y"), ("a <b>", "x"), ("", "x")] {
      #expect(throws: GitError.self, "\(name) \(message)") {
        try write(repository, message, by: Person(name: name, email: "a@b"))
      }
    }
  }

  @Test func revertsAreFound() throws {
    try scratch.write("1", to: "repo/a")
    let first = try git.commitAll("First")
    try git("revert", "--no-edit", first)
    let repository = try Repository(path: git.folder)
    let commit = try repository.commit(try id(try git("rev-parse", "HEAD")))
    #expect(commit.reverts == [first] && commit.summary == "Revert \"First\"")
    #expect(commit.author == Person(name: "Test Person", email: "person@example.test"))
    #expect(commit.time == 1_767_225_600 && commit.parents.map(\.description) == [first])
  }

  /// libgit2 would keep 32 bits of another time and say nothing.
  @Test(arguments: [(Int64(-1), false), (0, true), (4_294_967_295, true), (4_294_967_296, false), (.max, false)])
  func onlyTimesThatGitHoldsAreWritten(time: Int64, isWritten: Bool) throws {
    let scratch = try ScratchFolder()
    let repository = try Repository.create(path: scratch.path("times"), bare: true)
    let tree = try repository.writeTree(base: nil, files: [:])
    func write() throws -> Int64 {
      let person = Person(name: "a", email: "a@example.test")
      return try repository.commit(
        repository.writeCommit(tree: tree, parents: [], author: person, time: time, message: "m")
      ).time
    }
    if isWritten { #expect(try write() == time) } else { #expect(throws: GitError.self) { try write() } }
  }
}
