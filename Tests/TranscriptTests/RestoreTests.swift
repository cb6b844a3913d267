import Glibc
import TestSupport
import Testing

/// A store that is lost, and what takes its place: the policy goes on where the trail ends, and no word counts again that
/// counted no more.
@Suite struct RestoreTests {
  private static let later = "2026-12-06T10:00:00Z"

  /// A company in which eve has left: her key is taken out, and a cap that ben approved is in force.
  private static func firm() throws -> ReviewedCompany {
    let firm = try ReviewedCompany()
    let company = firm.company
    let path = "company/ops/state/governance/people.yaml"
    let people = try company.scratch.read(path).split(separator: "---\n")
      .filter { !$0.hasPrefix("kind: Person\nname: eve\n") }.joined(separator: "---\n")
    try company.scratch.write(people.replacing(", eve, ", with: ", "), to: path)
    try company.shell("cd ops && git commit -qam 'Eve has left' && git push -q origin main")
    let left = try firm.cycle()
    try #require(left.status == 0, "\(left.errors)")
    let commit = try firm.commitCap(9)
    let said = try firm.run("ben", "approve", commit)
    try #require(said.status == 0, "\(said.errors)")
    let cycle = try firm.cycle()
    try #require(cycle.errors.contains("approved by ben"), "\(cycle.errors)")
    return firm
  }

  private static func lose(_ company: CompanyFolder) throws { try company.shell("rm -f ops.db ops.db-wal ops.db-shm") }

  /// The command that a hint names, as its words stand there.
  private static func command(in words: String) throws -> [String] {
    let begin = try #require(words.firstRange(of: "purser restore "), "\(words)")
    let line = words[begin.lowerBound...].prefix { $0 != "\n" }
    let sentence = line.firstRange(of: ". ").map { line[..<$0.lowerBound] } ?? line
    return sentence.split(separator: " ").dropFirst().map(String.init)
  }

  @Test func whoHasLeftDoesNotComeBackWithTheStore() throws {
    let firm = try Self.firm()
    let company = firm.company
    let policy = try firm.run("ben", "changes").output.prefix { $0 != "\n" }
    try #require(policy.hasSuffix("is in force, version 3"), "\(policy)")
    try Self.lose(company)
    // Eve's key would count again under the policy of the beginning, and ben's word has run out.
    try company.shell(
      """
      cd eve && git pull -q && sed -i '0,/percent_of_available: [0-9]*%/s//percent_of_available: 60%/' \
      state/channels/channels.yaml && git commit -qam 'Back again' && git push -q origin main
      """)
    let alone = try firm.cycle(at: Self.later)
    #expect(alone.status == 1 && alone.errors.contains("there is already an audit branch"), "\(alone.errors)")
    let restore = try Self.command(in: alone.errors)
    let restored = try company.run(restore + ["--now", Self.later])
    #expect(restored.status == 0, "\(restored.errors)")
    #expect(restored.errors.contains("is in force, version 3, as of record 3 of "), "\(restored.errors)")
    #expect(try company.run(["audit", "verify", "shared.git", "--store", "ops.db"]).status == 0)

    try company.succeed("import", "--repo", "ops", "--store", "ops.db", "stock.jsonl")
    let first = try firm.cycle(at: Self.later)
    #expect(first.status == 1 && first.errors.contains("refused "), "\(first.errors)")
    #expect(first.errors.contains("no Person") || first.errors.contains("unknown"), "\(first.errors)")
    #expect(first.errors.contains("applied "), "trade goes on: \(first.errors)")
    #expect(try firm.inForce().hasSuffix("9%"))
    #expect(try firm.run("ben", "changes", at: Self.later).output.hasPrefix(String(policy)))
    let whole = try company.run(["audit", "verify", "shared.git", "--store", "ops.db"])
    #expect(whole.status == 0 && whole.errors.contains("began with record 4 in the place of"), "\(whole.errors)")
    // What was approved before the loss holds after it, and what is approved now counts.
    try company.shell(
      "cd ops && git pull -q && git revert --no-edit HEAD >/dev/null && git push -q origin main")
    let good = try firm.cycle(at: Self.later)
    #expect(good.status == 0, "\(good.errors)")
    let cap = try firm.commitCap(8)
    #expect(try firm.run("ben", "approve", cap, at: Self.later).status == 0)
    #expect(try firm.cycle(at: Self.later).errors.contains("approved by ben"))
    #expect(try company.run(["audit", "verify", "shared.git", "--store", "ops.db"]).status == 0)
  }

  /// A plan that looks like one from before the loss is another: all of it is done again.
  @Test func theSameTradeOnTheSameDayIsPlannedAnew() throws {
    let company = try CompanyFolder(items: 3)
    _ = try company.cycle()
    let before = try company.holdings()
    try Self.lose(company)
    try company.importEvents(CompanyFolder.stock(3), as: "stock")
    try company.succeed("restore", "--repo", "ops", "--store", "ops.db", "--now", CompanyFolder.now)
    let cycle = try company.cycle()
    #expect(cycle.status == 0 && cycle.errors.contains("applied "), "\(cycle.errors)")
    #expect(try company.holdings() == before)
    let next = try company.run(["audit", "verify", "ops", "--store", "ops.db"])
    #expect(next.status == 0, "\(next.errors)")
    #expect(try company.run(["audit", "verify", "ops", "--cold"]).status == 0)
  }

  /// A copy that is older than the trail names the way that begins where it ends.
  @Test func anOlderCopyNamesTheWay() throws {
    let company = try CompanyFolder(items: 2)
    _ = try company.cycle()
    try company.shell("mkdir backup && cp -a ops.db* backup/")
    try company.commitCap(20)
    _ = try company.cycle()
    try Self.lose(company)
    try company.shell("cp -a backup/. .")
    let old = try company.cycle()
    let restore = try Self.command(in: old.errors)
    #expect(restore.last == "ops.db.new", "\(old.errors)")
    #expect(try company.run(restore + ["--now", Self.later]).status == 0)
    try company.succeed("import", "--repo", "ops", "--store", "ops.db.new", "stock.jsonl")
    let run = try company.run(["run", "--once", "--repo", "ops", "--store", "ops.db.new", "--now", Self.later])
    #expect(run.status == 0 && run.errors.contains("applied "), "\(run.errors)")
    // Neither the old copy nor the new one may begin anew over its own history.
    for store in ["ops.db", "ops.db.new"] {
      let again = try company.run(["restore", "--repo", "ops", "--store", store])
      #expect(again.status == 1 && again.errors.contains("has a history of its own"), "\(again.errors)")
    }
  }

  /// Each row: what is done to the trail, and what is said of it; nothing is taken over then.
  @Test(arguments: [
    ("git commit-tree -m more -p audit 'audit^{tree}' | xargs git branch -f audit", "[audit."),
    ("git branch -f audit $(git commit-tree -m other $(git mktree </dev/null))", "[audit."),
  ])
  func whatDoesNotHoldIsNotTakenOver(_ change: String, _ words: String) throws {
    let company = try CompanyFolder(items: 2)
    _ = try company.cycle()
    try Self.lose(company)
    try company.shell("cd ops && { \(change); }")
    let refused = try company("restore", "--repo", "ops", "--store", "ops.db")
    #expect(refused.status == 1 && refused.errors.contains(words), "\(refused.errors)")
    let run = try company.cycle()
    #expect(run.status == 1 && !run.errors.contains(" actions ("), "\(run.errors)")
  }

  @Test func anotherDaemonsTrailIsNotGoneOnWith() throws {
    let company = try CompanyFolder(items: 2)
    _ = try company.cycle()
    try Self.lose(company)
    try company.shell("ssh-keygen -q -N '' -t ed25519 -f other")
    let refused = try company("restore", "--repo", "ops", "--store", "ops.db", "--audit-key", "other")
    #expect(refused.status == 1 && refused.errors.contains("another audit key than this daemon's"), "\(refused.errors)")
    #expect(try company("restore", "--repo", "ops", "--store", "ops.db").status == 0)
  }

  /// `kill -9` at any moment leaves a store that has begun nothing, or one that goes on where the trail ends.
  @Test func whenItIsKilledItIsDoneOrNot() throws {
    let start = try CompanyFolder(items: 20)
    for percent in [20, 19, 18, 17] {
      _ = try start.cycle()
      try start.commitCap(percent)
    }
    _ = try start.cycle()
    let records = try start.shell("git -C ops log --format=%H audit | wc -l")
    try Self.lose(start)
    var random = SplitMix64(seed: 20_261_128)
    for round in 1...10 {
      let company = try start.copy("round-\(round)")
      let child = try company.start(["restore", "--repo", "ops", "--store", "ops.db", "--now", CompanyFolder.now])
      usleep(UInt32.random(in: 0...150_000, using: &random))
      child.signal(SIGKILL)
      _ = child.wait()
      let between = try company.cycle()
      if between.status != 0 {
        #expect(between.errors.contains("purser restore "), "round \(round): \(between.errors)")
        #expect(try company.shell("git -C ops log --format=%H audit | wc -l") == records)
        try company.succeed("restore", "--repo", "ops", "--store", "ops.db", "--now", CompanyFolder.now)
      }
      try company.succeed("import", "--repo", "ops", "--store", "ops.db", "stock.jsonl")
      #expect(try company.cycle().status == 0)
      #expect(try company.run(["audit", "verify", "ops", "--store", "ops.db"]).status == 0, "round \(round)")
    }
  }
}
