import DesiredState
import DesiredStateFiles
import Diagnostics
import Testing

/// Carriers, lanes and routing profiles as people write them.
@Suite struct NetworkInputTests {
  private static let base = """
    kind: Repository
    name: shop
    schema_version: 1
    currency: EUR
    ---
    kind: Node
    name: dc
    type: dc
    region: north
    ---
    kind: Carrier
    name: post
    ---

    """
  private static let lane =
    "kind: Lane\nname: a\nnode: dc\nto: north\ncarrier: post\ntransit: 1d\nparcel_cost: 4.20\n"
  private static let profile = "kind: RoutingProfile\nname: p\n"

  private static func loaded(_ text: String) -> LoadedState {
    LoadedState(text: base + text)
  }

  /// The documents, the problem and its line below `base` (13 lines).
  @Test(arguments: [
    ("kind: Lane\nname: a\nnode: dc\nto: north\ntransit: 1d\nparcel_cost: 4\n", "state.required", 1),
    (lane + "service: \"\"\n", "state.wrong_type", 8),
    (
      "kind: Lane\nname: a\nnode: dc\nto: north\ncarrier: pots\ntransit: 1d\nparcel_cost: 4\n",
      "state.missing_reference", 5
    ),
    (
      "kind: Lane\nname: a\nnode: dx\nto: north\ncarrier: post\ntransit: 1d\nparcel_cost: 4\n",
      "state.missing_reference", 3
    ),
    ("kind: Lane\nname: a\nnode: dc\nto: north\ncarrier: post\ntransit: 0s\nparcel_cost: 4\n", "state.wrong_type", 6),
    ("kind: Lane\nname: a\nnode: dc\nto: north\ncarrier: post\ntransit: -1d\nparcel_cost: 4\n", "state.wrong_type", 6),
    ("kind: Lane\nname: a\nnode: dc\nto: north\ncarrier: post\ntransit: 1d\nparcel_cost: -4\n", "state.wrong_type", 7),
    (lane + "---\n" + lane.replacing("name: a", "name: b"), "state.lane_twice", 9),
    (lane + "---\n" + lane.replacing("name: a", "name: b") + "service: standard\n", "state.lane_twice", 9),
    (profile + "---\n" + profile.replacing("name: p", "name: q"), "state.profile_twice", 4),
    (profile + "max_parcels: 0\n", "state.out_of_range", 3),
    (profile + "split: some\n", "state.wrong_type", 3),
    (profile + "channel: web\n", "state.missing_reference", 3),
  ])
  func isRefusedWhereItStands(text: String, id: String, line: Int) {
    let loaded = Self.loaded(text)
    let errors = loaded.diagnostics.filter { $0.severity == .error }
    #expect(!loaded.isUsable)
    #expect(errors.map(\.id) == [id])
    #expect(errors.first?.location?.line == line + 13)
  }

  @Test(arguments: [
    lane + "---\n" + lane.replacing("name: a", "name: b") + "service: express\n",
    lane + "---\n" + lane.replacing("name: a", "name: b") + "effective: {from: 2026-12-01T00:00:00Z}\n",
    lane + "effective: {until: 2026-12-01T00:00:00Z}\n---\n" + lane.replacing("name: a", "name: b")
      + "effective: {from: 2026-12-01T00:00:00Z}\n",
    profile + "---\n" + profile.replacing("name: p", "name: q") + "effective: {from: 2026-12-01T00:00:00Z}\n",
  ])
  func isAllowed(text: String) {
    let loaded = Self.loaded(text)
    #expect(loaded.isUsable && loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
  }

  @Test(arguments: [
    "split: none\nmax_parcels: 3\n", "split: none\nsplit_penalty: 3\n", "split: none\nsplit_value_threshold: 3\n",
    "late_penalty: 3\n", "deliver_within: 3d\n",
    "deliver_within: 3d\nlate: refused\nlate_penalty: 3\n", "use_stores: false\nstore_unit_penalty: 1\n",
    "services: []\n",
  ])
  func whatHasNoEffectIsAllowedWithAWarning(fields: String) {
    let loaded = Self.loaded(Self.profile + fields)
    #expect(loaded.isUsable && loaded.diagnostics.map(\.id) == ["state.no_effect"])
  }

  @Test func aLimitThatIsRefusedBeyondNeedsNoPenalty() {
    let loaded = Self.loaded(Self.profile + "deliver_within: 3d\nlate: refused\n")
    #expect(loaded.isUsable && loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
  }

  @Test func aServiceThatNoLaneOffersIsNamedWhereItStands() throws {
    let services = Self.profile + "services: [standard, expres]\n"
    let express = "---\n" + Self.lane.replacing("name: a", "name: b") + "service: express\n---\n"
    let found = Self.loaded(Self.lane + express + services)
    #expect(found.isUsable && found.diagnostics.map(\.id) == ["state.service_not_offered"])
    #expect(found.diagnostics.first?.hint == "did you mean 'express'?")
    #expect(found.diagnostics.first?.location?.column == 22)
    // Where nothing is routed it says nothing yet.
    #expect(Self.loaded(services).diagnostics.isEmpty)
  }
}

extension String {
  fileprivate func replacing(_ old: String, _ new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
