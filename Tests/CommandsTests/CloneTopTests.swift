import TestSupport
import Testing

@testable import Commands

/// People stand somewhere in their clone, as with git.
@Suite struct CloneTopTests {
  @Test func theTopIsFoundUpwardAndOnlyWhereNothingIsNamed() throws {
    let scratch = try ScratchFolder()
    try scratch.write("x", to: "clone/.git/HEAD")
    try scratch.write("x", to: "clone/a/b/c.txt")
    for (folder, way) in [("clone", "."), ("clone/a", ".."), ("clone/a/b", "../..")] {
      #expect(CloneTop.of(".", current: scratch.path(folder), ceilings: nil) == way)
    }
    #expect(CloneTop.of("other", current: scratch.path("clone/a"), ceilings: nil) == "other")
    #expect(CloneTop.of("..", current: scratch.path("clone/a/b"), ceilings: nil) == "..")
    #expect(CloneTop.of(".", current: scratch.path("clone/a"), ceilings: "/x:\(scratch.path("clone"))") == ".")
    #expect(CloneTop.of(".", current: scratch.path, ceilings: "/tmp") == ".", "there is none")
  }

  @Test func commandsWorkBelowTheTop() throws {
    let company = try CompanyFolder(items: 2)
    _ = try company.cycle()
    let commit = try company.commitCap(10)
    for command in [
      "validate", "validate .", "explain Channel/marketplace-a", "changes", "audit log", "audit verify", "audit show 1",
      "plan --store ../../../ops.db", "run --once --store ../../../ops.db --now \(CompanyFolder.now)",
      "revert \(commit) --branch back", "hooks install",
    ] {
      let result = try company.purser.shell("purser \(command)", in: company.name + "/ops/state/channels")
      #expect(result.status == 0, "\(command): \(result.errors)")
    }
    try company.shell("sed -i 's/^tier: own/tier: onw/' ops/state/channels/channels.yaml")
    let wrong = try company.purser.shell("purser validate", in: company.name + "/ops/state")
    #expect(wrong.errors.hasPrefix("../state/channels/channels.yaml:"), "it can be opened from here: \(wrong.errors)")
  }
}
