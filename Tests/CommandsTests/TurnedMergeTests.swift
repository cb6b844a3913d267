import TestSupport
import Testing

/// A `git pull` that merges the branch into somebody's own commits and is pushed: nobody rewrote anything, and the way out
/// that is named works.
@Suite struct TurnedMergeTests {
  @Test func itIsSaidAndTheWayOutNeedsNoForce() throws {
    let company = try CompanyFolder(items: 1)
    try #require(try company.cycle().status == 0)
    let start = try company.shell("git -C ops rev-parse HEAD")
    try company.commitCap(20)
    try #require(try company.cycle().status == 0)
    let inForce = try company.shell("git -C ops rev-parse HEAD")
    try company.shell(
      """
      cd ops && git checkout -q -b own \(start) && echo '# a word' >> state/network/nodes.yaml && git commit -qam Own && \
      git merge -q --no-edit main && git checkout -q main && git merge -q --ff-only own
      """)
    let head = try company.shell("git -C ops rev-parse HEAD")
    let refused = try company.cycle()
    #expect(refused.status == 1 && refused.errors.contains("merged the policy in force"), "\(refused.errors)")
    #expect(!refused.errors.contains("rewritten, or the remote"), "\(refused.errors)")
    let way = "git reset --hard \(inForce.prefix(10)) && git merge -S --no-ff \(head.prefix(10)) && git push"
    #expect(refused.errors.contains(way), "\(refused.errors)")
    let waits = try company.run(["changes", "--repo", "ops", "--store", "ops.db", "--now", CompanyFolder.now])
    #expect(waits.status == 0 && waits.output.contains(way), "\(waits.output)\(waits.errors)")
    let server = "git init -q --bare ../server.git && git push -q ../server.git main"
    let followed = way.replacing("&& git push", with: "-m Turned && git push -q ../server.git main")
    try company.shell("cd ops && \(server) && \(followed)")
    let accepted = try company.cycle()
    #expect(accepted.status == 0 && accepted.errors.contains("accepted"), "\(accepted.errors)")
    try company.succeed("audit", "verify", "ops", "--store", "ops.db")
  }
}
