import DesiredStateFiles
import Diagnostics
import Testing

/// A path keeps nobody from people, roles and rules, which may stand in any file.
@Suite struct RoleReachTests {
  private static let path = "state/governance/roles.yaml"

  @Test(arguments: [
    ("\"*\"", "state/channels/**", true), ("\"*\"", "\"**\"", false), ("\"*\"", "state/governance/**", false),
    ("\"*\"", "\"state/channels/**\", state/governance/roles.yaml", false), ("Channel", "state/channels/**", false),
    ("Person, Role", "state/channels/**", false), ("Channel, \"*\"", "state/channels/**, state/tiers.yaml", true),
  ])
  func everyKindInSomeFiles(kinds: String, paths: String, isWarned: Bool) {
    let roles = (World.base[Self.path] ?? "") + "---\n" + World.role("wide", "ben", kinds: kinds, paths: paths)
    let warned = World.base.with(Self.path, roles).state().diagnostics.filter { $0.id == "state.governance_reach" }
    #expect(warned.count == (isWarned ? 1 : 0), "\(warned)")
    for one in warned {
      #expect(one.severity == .warning && one.hint != nil && one.message.hasPrefix("Role/wide: "))
      #expect(one.location?.file == Self.path && (one.location?.column ?? 0) > "kinds: [".count)
    }
  }
}
