import TestSupport
import Testing

/// References of a shared folder that lead to a tag, a tree or a file: those that nobody asked for stop nobody, and of those
/// that matter it is said what they are.
@Suite struct OddReferenceTests {
  static let objects = [
    ("tag", "$(git -c user.name=a -c user.email=a@b tag -f -a -m x stone main >&2 && git rev-parse stone)"),
    ("tree", "$(git rev-parse 'main^{tree}')"),
    ("blob", "$(echo x | git hash-object -w --stdin)"),
  ]

  /// Puts an object under a name as git itself would not.
  private func put(_ object: String, at name: String, in firm: ReviewedCompany) throws {
    try firm.company.shell(
      "cd shared.git && id=\(object) && git update-ref -d \(name) && mkdir -p $(dirname \(name)) && echo $id > \(name)")
  }

  @Test(arguments: objects.indices) func othersOfThemStopNobody(_ index: Int) throws {
    let (kind, object) = Self.objects[index]
    let firm = try ReviewedCompany()
    for name in ["refs/heads/odd", "refs/purser/odd", "refs/notes/odd"] { try put(object, at: name, in: firm) }
    let commit = try firm.commitCap(40)
    // They come along into clones, too.
    try firm.company.shell("git -C dan fetch -q origin '+refs/purser/odd:refs/purser/odd' 'refs/notes/*:refs/notes/*'")
    for words in [["reject", commit, "--reason", "no"], ["revoke", commit], ["approve", commit]] {
      let said = try firm.company.run(words + ["--yes", "--repo", "dan", "--now", CompanyFolder.now])
      #expect(said.status == 0, "\(kind): \(said.errors)")
    }
    #expect(try firm.run("ben", "changes").status == 0)
    let cycle = try firm.cycle()
    #expect(cycle.status == 0, "\(cycle.errors)")
    let remote = try firm.company.run([
      "run", "--once", "--repo", "file://\(firm.company.path)/shared.git", "--store", "other.db", "--now",
      CompanyFolder.now,
    ])
    #expect(remote.errors.contains("there is already an audit branch"), "\(kind): it was read: \(remote.errors)")
  }

  @Test(arguments: objects.indices) func theOneInQuestionIsNamed(_ index: Int) throws {
    let (kind, object) = Self.objects[index]
    for name in ["refs/heads/main", "refs/heads/audit", "refs/purser/approvals"] {
      let firm = try ReviewedCompany()
      let commit = try firm.commitCap(40)
      _ = try firm.cycle()
      try put(object, at: name, in: firm)
      let said = try firm.run("eve", "approve", commit)
      #expect(said.status == 1, "\(said.errors)")
      #expect(said.errors.contains("\(name) points to ") && said.errors.contains("which is a \(kind), not a commit"))
      #expect(said.errors.contains("git update-ref \(name) COMMIT"), "\(said.errors)")
    }
  }
}
