import DesiredState
import DesiredStateFiles
import Diagnostics
import Testing

/// What is allowed and can never work: a warning with its place and the way out.
@Suite struct CautionTests {
  private static let base = "kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n---\n"
  private static let calendar =
    "kind: Calendar\nname: c\nopen: {mon-sun: \"00:00-06:00\", 2026-12-24: \"00:00-07:00\"}\n"
  private static func lane(_ node: String) -> String {
    "---\nkind: Carrier\nname: post\n---\nkind: Lane\nname: l\nnode: \(node)\nto: north\ncarrier: post\ntransit: 1d\n"
      + "parcel_cost: 4.00\n"
  }
  private static let plain = "kind: Node\nname: dc\ntype: dc\nregion: north\n"
  private static func protection(_ end: String) -> String {
    "kind: AllocationTier\nname: t\nrank: 1\n---\nkind: Channel\nname: web\ntype: dtc\ntier: t\n---\n"
      + "kind: Protection\nname: p\nchannel: web\nunits: 4\n"
      + "effective: {from: 2026-11-20T00:00:00Z, until: 2026-11-20T\(end)}\n"
  }
  private static func zones(_ factor: String) -> String {
    plain + "---\nkind: Supplier\nname: mill\nlead_time: 5d\nconfidence: 90%\npast_due_after: 7d\n---\n"
      + "kind: ReplenishmentPolicy\nname: p\nsupplier: mill\nnode: dc\n"
      + "ddmrp: {lead_time_factor: \(factor), variability_factor: 40%, order_cycle: 7d}\n"
  }
  private static func tier(_ reallocation: String, _ name: String = "t") -> String {
    (name == "t" ? "" : "---\n") + "kind: AllocationTier\nname: \(name)\nrank: 1\nreallocation: \(reallocation)\n"
  }
  private static func channel(_ more: String) -> String {
    "---\nkind: Channel\nname: web\ntype: dtc\ntier: t\n" + more
  }
  private static let other = "---\nkind: Node\nname: shed\ntype: dc\nregion: north\n"
  private static let node = "---\nkind: Node\nname: dc\ntype: dc\nregion: north\ncalendar: c\n"

  /// The documents, the lines below `base` (5 lines) that are warned of, and the problem.
  @Test(
    arguments: [
      (calendar + node + "processing_time: 7h\n", [], ""),
      (calendar + node + "processing_time: 8h\n", [10], "state.longer_than_a_day"),
      (calendar + node + "processing_time: 2d\n", [], ""),
      (calendar + node + "processing_time: 56h\n", [10], "state.longer_than_a_day"),
      ("kind: BackorderRule\nname: r\nhorizon: 3d\ninfinite_supply_after: 10d\n", [4], "state.no_effect"),
      ("kind: BackorderRule\nname: r\nhorizon: 10d\ninfinite_supply_after: 10d\n", [], ""),
      (
        "kind: BackorderRule\nname: r\naccept: false\nhorizon: 3d\nmax_units: 4\nmove_limit: 2d\n", [4, 5],
        "state.no_effect"
      ),
      (protection("10:00:00Z"), [], ""), (protection("10:30:00Z"), [10], "state.part_of_an_hour"),
      (zones("20%"), [], ""), (zones("5%"), [16], "state.unusual"),
      (tier("win") + channel("may_use_shared: false\n"), [4, 10], "state.no_effect"),
      (tier("win") + other + tier("fill", "u"), [], ""),
      (tier("gain") + channel("may_use_shared: true\n"), [4], "state.no_effect"),
      (protection("10:00:00Z").replacing("tier: t\n", with: "tier: t\nmay_use_shared: false\n"), [], ""),
      (plain + lane("dc"), [], ""), (plain + lane("dc") + other, [17], "state.no_lane"),
      (plain + lane("dc") + other + "status: paused\n", [], ""), (plain + other, [], ""),
    ] as [(String, [Int], String)])
  func isAllowedWithAWarning(text: String, lines: [Int], id: String) {
    let loaded = LoadedState(text: Self.base + text)
    #expect(loaded.isUsable && loaded.diagnostics.map(\.id) == lines.map { _ in id }, "\(loaded.diagnostics)")
    #expect(loaded.diagnostics.map { ($0.location?.line ?? 0) - 5 }.sorted() == lines, "\(loaded.diagnostics)")
    #expect(loaded.diagnostics.allSatisfy { $0.severity == .warning && $0.hint != nil })
  }

  @Test func aNodeIsNotWarnedOfBesideAMistypedLane() {
    let loaded = LoadedState(text: Self.base + Self.plain + Self.lane("dcc"))
    #expect(loaded.diagnostics.map(\.id) == ["state.missing_reference"], "\(loaded.diagnostics)")
  }

  @Test func aProtectionOfNothingIsToldAllItsWays() {
    let channel = "kind: AllocationTier\nname: t\nrank: 1\n---\nkind: Channel\nname: web\ntype: dtc\ntier: t\n---\n"
    let loaded = LoadedState(text: Self.base + channel + "kind: Protection\nname: p\nchannel: web\n")
    #expect(loaded.diagnostics.map(\.id) == ["state.one_of"])
    #expect(loaded.diagnostics.first?.message.contains("'percent_of_inbound'") == true, "\(loaded.diagnostics)")
  }
}
