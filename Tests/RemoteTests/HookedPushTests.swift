import Git
import TestSupport
import Testing

/// The gate in front of a server, met by `git push` over SSH and smart HTTP.
@Suite(.serialized) struct HookedPushTests {
  static let kinds: [Remote.Kind] = [.ssh, .http]

  @Test(arguments: kinds) func whatTheRulesAllowComesIn(_ kind: Remote.Kind) throws {
    let server = try GuardedServer(kind)
    try server.succeed("git remote add origin '\(server.address)'; git push -q origin main")
    try server.company.commitCap(9)
    try server.succeed("git push -q origin main")
    // More objects than a server unpacks: they lie in a pack while the hook looks at them.
    try server.succeed(
      "mkdir docs; for n in $(seq 150); do echo $n > docs/$n.txt; done; git add -A; git commit -qm Docs; git push -q origin main"
    )
    // Other branches are everybody's own.
    try server.succeed(
      "git checkout -qb idea; git -c commit.gpgsign=false commit -q --allow-empty -m Idea; git push -q origin idea; git push -q origin :idea"
    )

    // The daemon's own push of the audit branch, through the same hook.
    let daemon = try server.cycle()
    #expect(daemon.status == 0, "\(daemon.errors)")
    #expect(try server.remote.bare("rev-list", "--count", "audit") == "1")
    try server.company.succeed("audit", "verify", server.remote.bare.folder)
  }

  static let refusals: [(name: String, commands: String, says: String)] = [
    ("unsigned", "\(cap) git -c commit.gpgsign=false commit -qam Cap; git push origin main", "[approval.unsigned]"),
    (
      "an unknown key",
      "ssh-keygen -q -t ed25519 -N '' -f ../other; \(cap) git -c user.signingkey=../other commit -qam Cap; git push origin main",
      "[approval.unknown_key]"
    ),
    (
      "governance beside other things",
      "\(cap) sed -i 's/^email: .*/email: new@example.test/' state/governance/people.yaml; git commit -qam Both; git push origin main",
      "[approval.governance_mixed]"
    ),
    (
      "an error in a file",
      "sed -i 's/^tier: own/tier: onw/' state/channels/channels.yaml; git commit -qam Typo; git push origin main",
      "did you mean 'own'?"
    ),
    (
      "a rewritten history", "git commit -q --amend -m Other; git push --force origin main", "[push.rewrites]"
    ),
    ("a deletion", "git push origin :main", "[push.deletes]"),
    (
      "a stranger's audit branch",
      "git checkout -q --orphan trail; git commit -qm Mine; git push origin trail:audit", "[push.audit]"
    ),
    ("a log of approvals without any", "git push origin main:refs/purser/approvals", "[push.approvals]"),
    ("a reference of Purser's", "git push origin main:refs/purser/outgoing", "[push.reserved]"),
    (
      "a token",
      "echo ghp_\(String(repeating: "a1B2", count: 9)) > notes.txt; git add -A; git commit -qm Notes; git push origin main",
      "[secret.found]"
    ),
    (
      "more than the server unpacks",
      "mkdir docs; for n in $(seq 150); do echo $n > docs/$n.txt; done; git add -A; git -c commit.gpgsign=false commit -qm Docs; git push origin main",
      "[approval.unsigned]"
    ),
  ]

  private static let cap =
    "sed -i 's/percent_of_available: 30%/percent_of_available: 20%/' state/channels/channels.yaml;"

  /// Every refusal by its name, says what to do, and leaves the server as it was.
  @Test(arguments: kinds) func whatTheRulesDoNotAllowStaysOutside(_ kind: Remote.Kind) throws {
    let server = try GuardedServer(kind)
    try server.succeed(
      "git remote add origin '\(server.address)'; git push -q origin main; git push -q origin main:audit-copy")
    let before = try server.remote.bare("for-each-ref")
    for (index, refusal) in Self.refusals.enumerated() {
      try server.succeed("cp -a ops try-\(index)", in: ".")
      let result = try server.run(refusal.commands, in: "try-\(index)")
      #expect(result.status != 0, "\(refusal.name)")
      #expect(result.errors.contains(refusal.says), "\(refusal.name): \(result.errors)")
      #expect(result.errors.contains("hint: "), "\(refusal.name): \(result.errors)")
      #expect(result.errors.contains("Nothing was pushed."), "\(refusal.name): \(result.errors)")
      #expect(try server.remote.bare("for-each-ref") == before, "\(refusal.name)")
    }
    try server.remote.bare("fsck", "--strict")
  }

  @Test(arguments: kinds) func aMessageCannotDressUpTheRefusal(_ kind: Remote.Kind) throws {
    let server = try GuardedServer(kind)
    try server.succeed("git remote add origin '\(server.address)'; git push -q origin main")
    let result = try server.run(
      "git -c commit.gpgsign=false commit -q --allow-empty -m \"$(printf 'Good\\033[2K\\033[32maccepted\\r')\"; echo x > x; git add x;"
        + " git -c commit.gpgsign=false commit -q --amend --no-edit; git push origin main")
    #expect(result.status != 0 && result.errors.contains("[approval.unsigned]"), "\(result.errors)")
    #expect(!result.errors.contains("\u{1B}"))
  }

  /// Five people push at once, each again and again until their change is in: all five are, in one line that the rules
  /// allow, and nobody was refused for another's change.
  @Test(arguments: kinds) func fiveWhoPushAtOnceAllComeIn(_ kind: Remote.Kind) async throws {
    let server = try GuardedServer(kind)
    try server.succeed("git remote add origin '\(server.address)'; git push -qu origin main")
    for number in 1...5 { try server.succeed("cp -a ops clone-\(number)", in: ".") }
    let clones = server.clones
    let results = try await withThrowingTaskGroup(of: ChildProcess.Result.self) { group in
      for number in 1...5 {
        group.addTask {
          try clones.run(
            """
            printf 'kind: AllocationTier\\nname: t-\(number)\\nrank: 1\(number)\\nrule: strict\\n' \
            > state/allocation/t-\(number).yaml
            git add -A && git commit -qm 'Tier \(number)' || exit 1
            for try in $(seq 50); do
              git push -q origin main && exit 0
              git pull -q --rebase origin main || exit 2
            done
            exit 3
            """, in: "clone-\(number)")
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for result in results {
      #expect(result.status == 0, "\(result.errors)")
      #expect(!result.errors.contains("approval."), "\(result.errors)")
    }
    #expect(try server.remote.bare("rev-list", "--first-parent", "--count", "main") == "6")
    let daemon = try server.cycle()
    #expect(daemon.status == 0 && !daemon.errors.contains("refused"), "\(daemon.errors)")
  }
}
