import Git
import TestSupport
import Testing

@Suite(.serialized) struct PublishingTests {
  @Test(arguments: Remote.Kind.allCases) func theAuditBranchMovesOnlyFromWhereItWasExpected(_ kind: Remote.Kind) throws
  {
    let remote = try Remote(kind)
    try remote.push("One")
    let source = try remote.source()
    let rival = try remote.source("rival")
    func publish(_ source: PolicySource, _ commit: ObjectID, expecting: ObjectID?) -> GitError.Kind? {
      kindOf { () throws(GitError) in try source.publish(audit: commit, expecting: expecting) }
    }
    func head() throws -> String { try remote.bare("rev-parse", "refs/heads/audit") }

    let first = try record("First", parent: nil, in: source)
    #expect(publish(source, first, expecting: nil) == nil)
    #expect(try head() == "\(first)")
    #expect(try source.auditHead() == first)
    #expect(publish(source, first, expecting: nil) == nil, "again, as after a crash")

    #expect(try rival.auditHead() == first)
    let second = try record("Second", parent: first, in: source)
    #expect(publish(source, second, expecting: first) == nil)
    // The rival still believes in the first, by way of its parent or of nothing at all.
    for parent in [first, nil] {
      #expect(publish(rival, try record("Rival", parent: parent, in: rival), expecting: parent) == .moved)
    }
    #expect(try head() == "\(second)")
    _ = try rival.refresh(branch: "main")
    #expect(try rival.auditHead() == second)
    let third = try record("Third", parent: second, in: rival)
    #expect(publish(rival, third, expecting: second) == nil)
    #expect(try head() == "\(third)")
    try remote.bare("fsck", "--strict")

    try remote.bare("update-ref", "-d", "refs/heads/audit")
    let fourth = try record("Fourth", parent: third, in: rival)
    #expect(publish(rival, fourth, expecting: third) == .moved, "a deleted branch is not made again")
    _ = try rival.refresh(branch: "main")
    #expect(try rival.auditHead() == nil)
    #expect(try rival.repository.reference("refs/remotes/origin/audit") == third)
    #expect(try remote.bare("for-each-ref", "--format=%(refname)") == "refs/heads/main", "nothing else is left there")
  }

  /// Three writers with a mirror each; every record must be in the history at the end.
  @Test(arguments: Remote.Kind.allCases) func noRecordIsLostAmongWriters(_ kind: Remote.Kind) async throws {
    let remote = try Remote(kind)
    let (address, credentials) = (remote.address, remote.credentials)
    let mirrors = (0..<3).map { remote.scratch.path("mirror\($0)") }
    let written = try await withThrowingTaskGroup(of: [ObjectID].self) { group in
      for mirror in mirrors {
        group.addTask {
          let source = try PolicySource(address: address, mirrorPath: mirror, credentials: credentials)
          return try (0..<4).map { try append("\(mirror) \($0)", to: source) }
        }
      }
      return try await group.reduce(into: Set<ObjectID>()) { $0.formUnion($1) }
    }
    let line = try remote.bare("rev-list", "--first-parent", "audit").split(separator: "\n").map { try id($0) }
    #expect(written.count == 12 && line.count == 12 && Set(line) == written)
  }

  /// Others' references come and go in a folder that several people share.
  @Test func aReferenceThatGoesWhileTheyAreListedHindersNobody() async throws {
    let remote = try Remote(.file)
    let commit = try remote.push("One")
    let (address, mirror, folder) = (remote.address, remote.scratch.path("mirror"), remote.bare.folder)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        let others = GitCommand(folder: folder, home: folder)
        for number in 0..<60 {
          let names = (0..<4).map { "refs/heads/proposal/\(number)-\($0)" }
          for name in names { try others("update-ref", name, "\(commit)") }
          for name in names { try others("update-ref", "-d", name) }
        }
      }
      group.addTask {
        let source = try PolicySource(address: address, mirrorPath: mirror)
        for _ in 0..<400 { #expect(try source.refresh(branch: "main") == commit) }
      }
      try await group.waitForAll()
    }
  }

  @Test(arguments: [Remote.Kind.ssh, .http]) func aHookThatRefusesIsNotALostRace(_ kind: Remote.Kind) throws {
    let remote = try Remote(kind)
    try remote.scratch.write("#!/bin/sh\nexit 1\n", to: "remote.git/hooks/pre-receive")
    try succeed("chmod", "755", remote.bare.folder + "/hooks/pre-receive")
    let source = try remote.source()
    let first = try record("First", parent: nil, in: source)
    let error = try #require(throws: GitError.self) { try source.publish(audit: first, expecting: nil) }
    #expect(error.kind == .other && error.message.contains("hook declined"))
    #expect(try source.auditHead() == nil)
  }
}

private func append(_ message: String, to source: PolicySource) throws -> ObjectID {
  while true {
    _ = try source.refresh(branch: "main")
    let head = try source.auditHead()
    let commit = try record(message, parent: head, in: source)
    do throws(GitError) {
      try source.publish(audit: commit, expecting: head)
      return commit
    } catch { guard error.kind == .moved else { throw error } }
  }
}

private func record(_ message: String, parent: ObjectID?, in source: PolicySource) throws -> ObjectID {
  let repository = source.repository
  let blob = try repository.writeBlob(Array("\(message)\n".utf8))
  return try repository.writeCommit(
    tree: try repository.writeTree(base: nil, files: ["2026/01/01/a.jsonl": blob]), parents: parent.map { [$0] } ?? [],
    author: Person(name: "Bot", email: "bot@example.test"), time: 1_767_225_600, message: message)
}
