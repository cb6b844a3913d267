import Approvals
import Operations
import Synchronization
import TestSupport
import Testing

/// A company whose repository is on a forge: the user of `purser init` (account 2) opens pull requests from the branch `cap`,
/// and bob (account 3) and cara (account 4) have the role that must approve changes of channels.
struct ForgeShop {
  let company: CompanyFolder
  let fake: FakeForge

  /// - Parameters:
  ///   - needed: how many of bob and cara must approve.
  ///   - orders: for one unit each of the one item, of which there are a hundred.
  ///   - more: resources of governance.
  init(_ kind: ForgeKind, needed: Int = 1, orders: Int = 0, more: String = "") throws {
    fake = try FakeForge(kind)
    company = try CompanyFolder(items: 1)
    if orders > 0 { try company.importEvents(CompanyFolder.orders(1...orders, items: 1), as: "orders") }
    try company.scratch.write(more, to: "\(company.name)/more.yaml")
    try company.scratch.write(FakeForge.token + "\n", to: "\(company.name)/token")
    try company.shell(
      """
      chmod 600 token && cd ops && user=$(git config user.name) &&
      sed -i "0,/^name: $user/s//name: $user\\nforges: {\(kind.rawValue): 2}/" state/governance/people.yaml &&
      cat >> state/governance/people.yaml <<'YAML'
      ---
      kind: Person
      name: bob
      email: bob@example.com
      keys: []
      forges: {\(kind.rawValue): 3}
      ---
      kind: Person
      name: cara
      email: cara@example.com
      keys: []
      forges: {\(kind.rawValue): 4}
      ---
      kind: Role
      name: reviewer
      people: [bob, cara]
      kinds: [Carrier]
      paths: ["state/network/**"]
      ---
      kind: ApprovalRule
      name: channels
      kinds: [Channel]
      review: {reviewer: \(needed)}
      YAML
      cat ../more.yaml >> state/governance/people.yaml &&
      printf 'forge: {type: \(kind.rawValue), url: "\(fake.address)", repository: ops/state}\\n' >> state/purser.yaml &&
      git commit -qam 'Let bob review channels' && git checkout -qb cap
      """)
    // The policy is in force before anybody reviews anything.
    let result = try cycle(at: "2026-11-24T09:00:00Z")
    try #require(result.status == 0, "\(result.errors)")
  }

  func cycle(at now: String = CompanyFolder.now, _ more: String...) throws -> ChildProcess.Result {
    try company.run(
      ["run", "--once", "--repo", "ops", "--store", "ops.db", "--now", now, "--forge-token-file", "token"] + more)
  }

  /// Opens the pull request, or tells the forge of what was pushed to it; ends on `main`.
  /// - Returns: its head.
  @discardableResult
  func propose() throws -> String {
    let head = try company.shell("cd ops && git checkout -q main && git rev-parse cap")
    fake.story.withLock { story in
      // The story begins with heads that this repository does not hold.
      if !story.heads.contains(where: { $0 == head }) {
        story.heads = story.isMerged ? [FakeForge.oldHead, head] : story.heads + [head]
      }
      story.isMerged = false
    }
    return head
  }

  func status(of commit: String) -> String { fake.story.withLock { $0.status(of: commit) ?? "none" } }

  /// The text of the comments that Purser's account wrote.
  var comments: [String] { fake.story.withLock { $0.comments.filter { $0.user == 77 }.map(\.text) } }

  /// Merges the branch `cap` as a forge does, after more of the shell where the tree is evil.
  @discardableResult
  func merge(_ command: String) throws -> String {
    let commit = try company.shell(
      """
      cd ops && git checkout -q main && export GIT_COMMITTER_NAME=Forge GIT_COMMITTER_EMAIL=forge@example.invalid \
      GIT_AUTHOR_NAME=Forge GIT_AUTHOR_EMAIL=forge@example.invalid && git config commit.gpgsign false && \
      { \(command); } >/dev/null && git config commit.gpgsign true && git rev-parse HEAD
      """)
    let head = try company.shell("git -C ops rev-parse cap")
    fake.story.withLock { story in
      story.mergeCommit = commit
      story.heads = [FakeForge.oldHead, head]
      story.isMerged = true
    }
    return commit
  }

  func say(
    _ user: Int64, _ says: String, at commit: String? = nil, id: Int64 = 1, minute: Int64 = 15, dismissed: Bool = false,
    by dismisser: Int64 = 2
  ) {
    fake.story.withLock { story in
      story.reviews.removeAll { $0.id == id }
      story.reviews.append(
        .init(
          id: id, user: user, says: says, commit: commit ?? story.heads.last ?? "",
          minute: commit == FakeForge.oldHead ? 5 : minute, isDismissed: dismissed,
          dismisser: dismisser))
    }
  }
}
