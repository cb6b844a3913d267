import TestSupport
import Testing

/// Somebody who can move the server's references while the daemon looks at them, or write its branch in its name.
@Suite struct RaceAttackTests {
  /// The branch jumps between what was approved and what was not, as fast as git can: only what was judged is applied.
  @Test func row20WhatIsJudgedIsWhatIsApplied() throws {
    let firm = try ReviewedCompany()
    try firm.company.shell(
      """
      cd ops && git checkout -q -b asked && sed -i '0,/percent_of_available: [0-9]*%/s//percent_of_available: 9%/' \
      state/channels/channels.yaml && git commit -qam Cap && git push -q origin asked && \
      sed -i '0,/percent_of_available: [0-9]*%/s//percent_of_available: 1%/' state/channels/channels.yaml && \
      git commit -q --amend -am Cap && git push -q origin HEAD:refs/heads/evil && git -C ../eve fetch -q
      """)
    #expect(try firm.run("eve", "approve", "origin/asked").status == 0)
    let swapping = try ChildProcess(
      "sh",
      [
        "-c",
        "while test ! -e stop; do for b in asked evil; do git -C shared.git update-ref refs/heads/main $b; done; done",
      ], in: firm.company.path, environment: firm.company.purser.environment)
    defer { swapping.stop() }
    for _ in 0..<6 {
      _ = try firm.cycle()
      #expect(try ["30%", "9%"].map { "percent_of_available: " + $0 }.contains(firm.inForce()))
    }
    try firm.company.shell("touch stop")
    _ = swapping.wait()
    try firm.company.shell("git -C shared.git update-ref refs/heads/main asked")
    let applied = try firm.cycle()
    #expect(try firm.inForce() == "percent_of_available: 9%", "\(applied.errors)")
    let verified = try firm.company.run(["audit", "verify", "shared.git", "--store", "ops.db"])
    #expect(verified.status == 0, "\(verified.errors)")
  }

  /// A record that puts an unapproved change in force, on top of the daemon's: unsigned, signed by a person, and a copy of
  /// the daemon's own last commit.
  @Test(arguments: ["unsigned", "signed", "replayed"]) func row24AForgedRecordPutsNothingInForce(how: String) throws {
    let firm = try ReviewedCompany()
    let evil = try firm.commitCap(1)
    let good = try firm.company.shell("git -C shared.git rev-parse audit")
    let sign = how == "signed" ? "-S" : ""
    try firm.company.shell(
      how == "replayed"
        ? """
        cd ops && git fetch -q && git checkout -q --detach origin/audit && git push -q origin \
        $(git commit-tree -p HEAD -m "$(git log -1 --format=%B)" HEAD^{tree}):refs/heads/audit
        """
        : """
        cd ops && git fetch -q && git checkout -q --detach origin/audit && file=$(git show --name-only --format= HEAD) && \
        next=$(dirname $file)/000000000099.jsonl && pin=$(git rev-parse origin/main~1) && \
        sed "s/$pin/\(evil)/g" $file > $next && git add -A && \
        git push -q origin $(git commit-tree \(sign) -p HEAD -m Forged $(git write-tree)):refs/heads/audit
        """)
    let cycle = try firm.cycle()
    #expect(cycle.status == 1 && cycle.errors.contains("approval.review_needed"), "\(cycle.errors)")
    #expect(cycle.errors.contains("written by something else"), "\(cycle.errors)")
    #expect(cycle.errors.contains(good), "what to put back is said: \(cycle.errors)")
    let verified = try firm.company("audit", "verify", "shared.git")
    let tip = try firm.company.shell("git -C shared.git rev-parse audit")
    #expect(verified.status == 1 && verified.errors.contains("audit commit \(tip)"), "\(verified.errors)")
    // Whoever approves is not told that it is in force already.
    let said = try firm.run("eve", "approve", evil, "--store", "ops.db")
    #expect(said.status == 0 && said.errors.contains("eve approved"), "\(said.errors)")
    try firm.company.shell("git -C shared.git update-ref refs/heads/audit \(good)")
    let applied = try firm.cycle()
    #expect(applied.errors.contains("accepted \(evil.prefix(10))"), "\(applied.errors)")
    #expect(try firm.company("audit", "verify", "shared.git", "--store", "ops.db").status == 0)
  }
}
