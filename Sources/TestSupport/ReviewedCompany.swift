/// A company in which a change of a channel needs a second person: `root` (whoever runs the tests) and `ben` write, and
/// `ben`, `eve` and `dan` review, and `dan` is on duty. Each works in a clone of one bare repository, `shared.git`, with a key of their own.
public struct ReviewedCompany: Sendable {
  public let company: CompanyFolder
  /// The name of the person who made the repository.
  public let owner: String

  public static let people: [(name: String, key: String)] = [
    ("ben", "-t ed25519"), ("eve", "-t rsa -b 2048"), ("dan", "-t ecdsa -b 256"),
  ]

  /// - Parameter review: what the rule for channels asks for, and more fields of it.
  public init(review: String = "{ops-lead: 1}") throws {
    company = try CompanyFolder(items: 2)
    let people = try company.scratch.read("company/ops/state/governance/people.yaml")
    owner = people.split(separator: "\n").first { $0.hasPrefix("name: ") }.map { String($0.dropFirst(6)) } ?? ""
    var more = "\n---\n"
    for (name, options) in Self.people {
      try company.shell("mkdir -p keys && ssh-keygen -q -N '' -C \(name) -f keys/\(name) \(options)")
      let key = try company.shell("cat keys/\(name).pub")
      more += "kind: Person\nname: \(name)\nemail: \(name)@example.test\nkeys: [\"\(key)\"]\n---\n"
    }
    more += """
      kind: Role
      name: ops-lead
      people: [\(Self.people.map(\.name).joined(separator: ", ")), \(owner)]
      kinds: [Channel]
      paths: ["state/channels/**"]
      ---
      kind: Role
      name: duty
      people: [dan]
      kinds: [Channel]
      paths: ["state/channels/**"]
      ---
      kind: ApprovalRule
      name: channels
      kinds: [Channel]
      review: \(review)

      """
    try company.scratch.write(people + more, to: "company/ops/state/governance/people.yaml")
    try company.shell(
      """
      cd ops && git commit -qam 'Ask for a review of channels' && cd .. && git clone -q --bare ops shared.git && \
      git -C ops remote add origin ../shared.git && git -C ops fetch -q && git -C ops branch -q -u origin/main
      """)
    for (name, _) in Self.people {
      try company.shell(
        """
        git clone -q shared.git \(name) && cd \(name) && git config user.name \(name) && \
        git config user.email \(name)@example.test && git config gpg.format ssh && \
        git config user.signingkey "$PWD/../keys/\(name)" && git config commit.gpgsign true
        """)
    }
    _ = try cycle()
  }

  private init(_ company: CompanyFolder, owner: String) {
    self.company = company
    self.owner = owner
  }

  /// The same company in another folder, whose people work with its own shared repository.
  public func copy(_ name: String) throws -> ReviewedCompany {
    let copy = ReviewedCompany(try company.copy(name), owner: owner)
    for (person, _) in Self.people {
      try copy.company.shell("git -C \(person) remote set-url origin '\(copy.company.path)/shared.git'")
    }
    return copy
  }

  /// One cycle of the daemon on the shared repository.
  public func cycle(at now: String = CompanyFolder.now) throws -> ChildProcess.Result {
    try company.run(["run", "--once", "--repo", "shared.git", "--store", "ops.db", "--now", now])
  }

  /// Commits a cap of marketplace-a in the owner's clone, and pushes it to the branch if asked to.
  @discardableResult
  public func commitCap(_ percent: Int, pushing: Bool = true) throws -> String {
    let commit = try company.commitCap(percent)
    if pushing { try company.shell("git -C ops push -q origin main") }
    return commit
  }

  /// Runs a review command in someone's clone; what signs is agreed to.
  public func run(_ person: String, _ words: String..., at now: String = CompanyFolder.now) throws
    -> ChildProcess.Result
  {
    let agreed = ["approve", "reject", "revoke"].contains(words.first) ? ["--yes"] : []
    return try company.run(words + agreed + ["--repo", person, "--now", now])
  }

  /// The percentage of marketplace-a's cap that is in force: that of the last commit that took effect.
  public func inForce() throws -> String {
    try company.shell(
      """
      export GIT_NO_REPLACE_OBJECTS=1; git -C shared.git show "$(git -C shared.git log -1 --format='%(trailers:key=Policy-Commit,valueonly)' audit | head -1)\
      :state/channels/channels.yaml" | grep -o -m 1 'percent_of_available: [0-9]*%'
      """)
  }
}
