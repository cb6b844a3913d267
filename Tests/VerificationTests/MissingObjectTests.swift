import ActualState
import AuditTrail
import Diagnostics
import Git
import Operations
import TestSupport
import Testing
import Verification

/// Repositories in which an object is missing or broken: it is named, with what brings it back, and nobody is told that a
/// commit is missing which is there.
@Suite struct MissingObjectTests {
  let scratch: ScratchFolder
  let ops: OpsRepository
  let pin: PolicyPin

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    let daily = Daily(ops)
    try daily.story()
    pin = try #require(try daily.store.pin())
  }

  /// What a person is told who verifies a repository, and who has a daemon judge it.
  private func said(_ folder: String) throws -> (verify: String, judge: String) {
    func words(_ body: () throws -> [Diagnostic]) throws -> String {
      do { return try body().map(\.message).joined(separator: "\n") } catch let error as GitError {
        return error.message
      } catch let problem as Diagnostic { return problem.message }
    }
    let verify = try words { try AuditVerifier(repository: try Repository(path: folder)).verify().problems }
    let judge = try words {
      let repository = try Repository(path: folder)
      let head = try #require(try repository.head(ofBranch: "main"))
      _ = try PolicyHistory(repository: repository).judge(pin: pin, head: head, trustRoot: nil)
      return []
    }
    return (verify, judge)
  }

  private func clone(_ options: String...) throws -> String {
    try ops.git("config", "uploadpack.allowFilter", "true")
    try ops.git(["clone", "-q", "--no-checkout"] + options + ["file://\(ops.git.folder)", scratch.path("clone")])
    return scratch.path("clone")
  }

  @Test func aPartialCloneIsNamed() throws {
    let folder = try clone("--filter=blob:none")
    let said = try said(folder)
    for text in [said.verify, said.judge] {
      #expect(
        text.contains("it is missing in this repository") && text.contains("git fetch --refetch --no-filter"), "\(text)"
      )
    }
    // What is advised helps.
    try GitCommand(folder: folder, home: scratch.path)("fetch", "-q", "--refetch", "--no-filter")
    let mended = try self.said(folder)
    #expect(mended.verify == "" && mended.judge == "", "\(mended)")
  }

  @Test func aShallowCloneIsNamed() throws {
    let folder = try clone("--depth", "1", "--no-single-branch")
    let said = try said(folder)
    #expect(said.verify.contains("git fetch --unshallow"), "\(said.verify)")
    try GitCommand(folder: folder, home: scratch.path)("fetch", "-q", "--unshallow")
    #expect(try self.said(folder).verify == "")
  }

  /// One object of the policy in force is gone, or holds other bytes than its name says.
  @Test(arguments: ["state/channels/web.yaml", "state", ""], ["gone", "broken", "empty", "cut off"])
  func anObjectThatIsGoneOrBrokenIsNamed(path: String, damage: String) throws {
    let id = try ops.git("rev-parse", "\(pin.commit):\(path)")
    let file = "\(ops.git.folder)/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
    // As it lies on a disk: in one file of its own.
    let shell: String
    switch damage {
    case "gone": shell = "rm -f '\(file)'"
    case "broken": shell = "chmod u+w '\(file)' && printf 'x' | dd of='\(file)' bs=1 seek=9 conv=notrunc status=none"
    // libgit2 1.5 alone never comes back from it.
    case "cut off": shell = "chmod u+w '\(file)' && truncate -s -12 '\(file)'"
    default: shell = "chmod u+w '\(file)' && : > '\(file)'"
    }
    #expect(try ChildProcess.run("/bin/sh", ["-c", shell], environment: ["PATH": "/usr/bin:/bin"]).status == 0)
    let said = try said(ops.git.folder).judge
    #expect(said.contains(id) && said.contains("git fsck"), "\(said)")
    #expect(!said.contains("is not in the repository"), "\(said)")
  }

  /// No judgement reads what a hook says, and everybody runs it.
  @Test(arguments: ["hooks/pre-receive", "state/notes.txt"], ["gone", "other bytes"])
  func aFileOfAPolicyThatIsGoneOrBrokenIsNamed(path: String, damage: String) throws {
    let scratch = try ScratchFolder()
    let ops = try OpsRepository(scratch)
    let daily = Daily(ops)
    try daily.story()
    try ops.commit([path: "exit 0\n"])
    try daily.cycle()
    // It is read where a policy brought it, and not only where it still stands.
    try ops.commit([path: nil])
    try daily.cycle()
    let id = try ops.git("rev-parse", "main~1:\(path)")
    let other = "\(try ops.repository.writeBlob(Array("exit 1\n".utf8)))"
    func verify() throws -> [Diagnostic] {
      try AuditVerifier(repository: try Repository(path: ops.git.folder)).verify().problems
    }
    #expect(try verify() == [])
    func file(_ id: String) -> String { "'\(ops.git.folder)/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))'" }
    let shell = damage == "gone" ? "rm -f \(file(id))" : "cp -f \(file(other)) \(file(id))"
    #expect(try ChildProcess.run("/bin/sh", ["-c", shell], environment: ["PATH": "/usr/bin:/bin"]).status == 0)
    let problem = try verify().first
    #expect(problem?.id == "audit.policy_file", "\(String(describing: problem))")
    #expect(problem?.message.contains("'\(path)'") == true && problem?.message.contains(id) == true)
  }

  /// A verification that begins where an earlier one ended reads the files that came since.
  @Test func aBrokenFileOfANewPolicyIsNamedByALaterVerification() throws {
    let scratch = try ScratchFolder()
    let ops = try OpsRepository(scratch)
    let daily = Daily(ops)
    try daily.story()
    func verify(_ point: VerifiedPoint?) throws -> VerificationReport {
      try AuditVerifier(repository: try Repository(path: ops.git.folder)).verify(after: point)
    }
    let point = try #require(try verify(nil).point)
    try ops.commit(["hooks/pre-receive": "exit 0\n"])
    try daily.cycle()
    let next = try #require(try verify(point).point)
    let id = try ops.git("rev-parse", "main:hooks/pre-receive")
    let file = "\(ops.git.folder)/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
    #expect(try ChildProcess.run("/bin/rm", ["-f", file]).status == 0)
    #expect(try verify(point).problems.map(\.id) == ["audit.policy_file"])
    #expect(try verify(next).isGood, "what was read before is not read again")
  }

  @Test func whatGitShowsInThePlaceOfTheTruthIsNamed() throws {
    func verify() throws -> VerificationReport { try AuditVerifier(repository: ops.repository).verify() }
    #expect(try verify().problems == [])
    try ops.git("replace", "main", "main~1")
    let replaced = try verify()
    #expect(replaced.isGood && replaced.problems.map(\.id) == ["audit.replaced"])
    #expect(replaced.problems.first?.message.contains("refs/replace/") == true)
    let warm = try AuditVerifier(repository: ops.repository).verify(after: replaced.point)
    #expect(warm.problems.map(\.id) == ["audit.replaced"], "also where nothing else is read again")
    try ops.git("replace", "-d", try ops.git("rev-parse", "main"))
    try scratch.write("\(try ops.git("rev-parse", "main"))\n", to: "ops/.git/info/grafts")
    #expect(try verify().problems.first?.message.contains("info/grafts") == true)
  }

  @Test func aCommitThatIsNotThereIsSaidToBeSo() throws {
    var other = pin
    other.commit = String(repeating: "1", count: 40)
    let repository = try Repository(path: ops.git.folder)
    let problem = try #require(throws: Diagnostic.self) {
      try PolicyHistory(repository: repository).judge(pin: other, head: try ops.head, trustRoot: nil)
    }
    #expect(problem.id == "history.pin_missing")
  }
}
