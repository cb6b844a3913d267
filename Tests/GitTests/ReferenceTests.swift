import Git
import TestSupport
import Testing

@Suite struct ReferenceTests {
  private let person = Person(name: "Bot", email: "bot@example.test")

  /// Five writers with a handle each add ten commits to one branch; every commit must be in the end's history.
  @Test func noCommitIsLostAmongFiveWriters() async throws {
    let scratch = try ScratchFolder()
    _ = try Repository.create(path: scratch.path("repo"), bare: true)
    let path = scratch.path("repo")
    let written = try await withThrowingTaskGroup(of: [ObjectID].self) { group in
      for writer in 0..<5 {
        group.addTask {
          let repository = try Repository(path: path)
          return try (0..<10).map { try Self.append("\(writer).\($0)", to: repository) }
        }
      }
      return try await group.reduce(into: Set<ObjectID>()) { $0.formUnion($1) }
    }
    let repository = try Repository(path: path)
    let head = try #require(try repository.reference("refs/heads/audit"))
    let line = try #require(try repository.firstParentLine(from: nil, to: head))
    #expect(written.count == 50 && Set(line) == written)
  }

  /// A process that is killed while it holds a reference's lock leaves the lock behind. Where nobody else writes, it is
  /// removed once it is old; elsewhere a person is told where it lies.
  @Test func anOldLockOfACrashIsNoHindrance() throws {
    let scratch = try ScratchFolder()
    let repository = try Repository.create(path: scratch.path("repo"), bare: true)
    let commit = try repository.writeCommit(
      tree: try repository.writeTree(base: nil, files: [:]), parents: [], author: person, time: 1, message: "m")
    let lock = scratch.path("repo/refs/heads/audit.lock")
    func set(isOurs: Bool) throws(GitError) {
      try repository.setReference(
        "refs/heads/audit", to: commit, expecting: nil, by: person, reason: "test", isOurs: isOurs)
    }
    _ = try ChildProcess.run("touch", ["-d", "1 minute ago", lock], environment: ["PATH": "/usr/bin:/bin"])
    let error = #expect(throws: GitError.self) { try set(isOurs: false) }
    #expect(error?.message.contains(lock) == true)
    try set(isOurs: true)
    #expect(try repository.reference("refs/heads/audit") == commit)
  }

  private static func append(_ message: String, to repository: Repository) throws -> ObjectID {
    while true {
      let head = try repository.reference("refs/heads/audit")
      let person = Person(name: "Bot", email: "bot@example.test")
      let commit = try repository.writeCommit(
        tree: try repository.writeTree(base: nil, files: [:]), parents: head.map { [$0] } ?? [], author: person,
        time: 1, message: message)
      do throws(GitError) {
        try repository.setReference("refs/heads/audit", to: commit, expecting: head, by: person, reason: "test")
        return commit
      } catch { guard error.kind == .moved else { throw error } }
    }
  }

  @Test func aReferenceMovesOnlyFromWhereItWasExpected() throws {
    let scratch = try ScratchFolder()
    let git = try GitCommand.initialise(scratch)
    let repository = try Repository(path: git.folder)
    let one = try id(try git.commitAll("One"))
    let two = try id(try git.commitAll("Two"))
    func set(_ target: ObjectID, expecting: ObjectID?) -> GitError.Kind? {
      do throws(GitError) {
        try repository.setReference("refs/heads/audit", to: target, expecting: expecting, by: person, reason: "why")
        return nil
      } catch { return error.kind }
    }
    #expect(set(two, expecting: one) == .moved, "it must not make a reference that should exist")
    #expect(set(one, expecting: nil) == nil)
    #expect(set(two, expecting: nil) == .moved)
    #expect(set(two, expecting: two) == .moved)
    #expect(set(two, expecting: one) == nil)
    #expect(try git("rev-parse", "audit") == two.description)
    #expect(try git("reflog", "show", "--format=%gs", "audit") == "why\nwhy")
    try scratch.write("", to: "repo/.git/refs/heads/audit.lock")
    #expect(set(one, expecting: two) == .other, "a lock that stays")
  }

  @Test func anOpenHandleSeesWhatTheCommandLineDoes() throws {
    let scratch = try ScratchFolder()
    let git = try GitCommand.initialise(scratch)
    let repository = try Repository(path: git.folder)
    #expect(try repository.reference("refs/heads/main") == nil)
    var commits: [ObjectID] = []
    for number in 1...4 {
      try scratch.write("\(number)\n", to: "repo/file")
      commits.append(try id(try git.commitAll("Number \(number)")))
      #expect(try repository.reference("refs/heads/main") == commits.last)
      // Every way in which git may tidy up between two looks of the daemon.
      switch number {
      case 1: try git("pack-refs", "--all")
      case 2: try git("repack", "-a", "-d", "-q")
      case 3: try git("gc", "-q", "--prune=now")
      default: break
      }
      #expect(try repository.reference("refs/heads/main") == commits.last)
      #expect(try repository.firstParentLine(from: nil, to: commits[number - 1]) == commits)
      for (index, commit) in commits.enumerated() {
        let entry = try #require(try repository.entry(at: "file", inTree: try repository.commit(commit).tree))
        #expect(try repository.blob(entry.id) == Array("\(index + 1)\n".utf8))
      }
    }
    try git("update-ref", "-d", "refs/heads/main")
    #expect(try repository.reference("refs/heads/main") == nil)
  }
}
