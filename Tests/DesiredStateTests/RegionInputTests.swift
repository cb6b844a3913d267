import DesiredState
import DesiredStateFiles
import Diagnostics
import Operations
import Testing

/// Regions, and what is narrowed to one, as people write it.
@Suite struct RegionInputTests {
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
    kind: Node
    name: site
    type: dc
    region: south
    ---
    kind: AllocationTier
    name: first
    rank: 1
    ---
    kind: Channel
    name: web
    type: dtc
    tier: first
    ---

    """
  private static let north = "kind: Region\nname: north\nnodes: [dc]\n"
  private static let south = "---\nkind: Region\nname: south\nnodes: [site]\n"
  private static let overlay = "---\nkind: Channel\nname: web\nscope: {region: south}\n"
  private static let protection = "---\nkind: Protection\nname: p\nchannel: web\nunits: 4\n"

  private static let keep = "---\nkind: SafetyStock\nname: s\nunits: 4\n"
  private static let backorder = "---\nkind: BackorderRule\nname: b\nregion: south\n"
  private static let drift = "---\nkind: DriftRule\nname: d\nfield: units\nanswer: heal\nregion: south\n"

  private static func loaded(_ text: String) -> LoadedState {
    LoadedState(text: base + text)
  }

  /// The documents, the problem and its line below `base` (24 lines); 0 for one above.
  @Test(arguments: [
    ("kind: Region\nname: north\n", "state.required", 1),
    ("kind: Region\nname: north\nnodes: dc\n", "state.wrong_type", 3),
    ("kind: Region\nname: north\nnodes: [dc, site, dx]\n", "state.missing_reference", 3),
    (north + "effective: {from: 2026-12-01T00:00:00Z}\n" + south, "state.unknown_field", 4),
    (north + "---\nkind: Region\nname: south\nnodes: [site, dc]\n", "state.node_twice", 7),
    ("kind: Region\nname: north\nnodes: [dc, site, dc]\n", "state.node_twice", 3),
    (north + "---\nkind: Region\nname: south\nnodes: [site]\ndestinations: [north]\n", "state.destination_twice", 8),
    ("kind: Region\nname: north\nnodes: [dc, site]\ndestinations: [a, b, a]\n", "state.destination_twice", 4),
    (north + "takes_others: true\n" + south + "takes_others: true\n", "state.others_twice", 9),
    (north + south + "---\nkind: Region\nname: west\nnodes: []\n", "state.region_without_nodes", 11),
    (north, "state.node_without_region", 0), (north + south + overlay + overlay, "state.duplicate", 13),
    (
      north + south + "---\nkind: Channel\nname: web\nscope: {region: south, class: x, sku: A}\n", "state.one_of", 11
    ),
    (
      north + south + "---\nkind: Channel\nname: web\nscope: {region: west}\n", "state.missing_reference", 9
    ),
    (
      north + south + overlay + "reserve_at: cart\n", "state.whole_channel", 12
    ),
    (north + south + protection + "region: west\n", "state.missing_reference", 13),
    (
      north + south + protection + "region: south\n" + protection.replacing("name: p", "name: q") + "region: south\n",
      "state.equally_specific", 15
    ),
    (north + south + keep + "region: west\n", "state.missing_reference", 12),
    (north + south + keep + "region: south\nnode: site\n", "state.one_of", 12),
    (
      north + south + "---\nkind: SafetyStock\nname: s\nregion: south\nrows: [{sku: A, units: 1}]\n", "state.one_of", 11
    ),
    (
      north + south + keep + "region: south\n" + keep.replacing("name: s", "name: t") + "region: south\n",
      "state.equally_specific", 14
    ),
    (north + south + backorder + backorder.replacing("name: b", "name: c"), "state.equally_specific", 13),
    (north + south + backorder + "scope: {region: south}\n", "state.unknown_field", 12),
    (north + south + drift + drift.replacing("name: d", "name: e"), "state.equally_specific", 15),
  ])
  func isRefusedWhereItStands(text: String, id: String, line: Int) {
    let loaded = Self.loaded(text)
    #expect(!loaded.isUsable)
    #expect(loaded.diagnostics.map(\.id) == [id], "\(loaded.diagnostics)")
    if line > 0 { #expect(loaded.diagnostics.first?.location?.line == line + 24) }
  }

  @Test(arguments: [
    north + south, north + "takes_others: true\n" + south,
    north + south + overlay + "cap: {units: 4, window: 1d}\n",
    north + south + protection + protection.replacing("name: p", "name: q") + "region: south\n",
    north + south + keep + keep.replacing("name: s", "name: t") + "region: south\n",
    north + south + backorder + "---\nkind: BackorderRule\nname: c\n",
    north + south + drift + drift.replacing("name: d", "name: e").replacing("region: south", "region: north"),
    north + south
      + "---\nkind: ProductClass\nname: x\n---\nkind: Channel\nname: web\nscope: {region: south, class: x}\n"
      + "exposure: 50%\n" + overlay + "exposure: 60%\n",
  ])
  func isAllowed(text: String) {
    let loaded = Self.loaded(text)
    #expect(loaded.isUsable && loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
  }

  /// What is for part of the catalogue comes before what is for a region, and both together before either.
  @Test func theNarrowestHolds() throws {
    let state = Self.loaded(
      Self.north + Self.south + Self.overlay + "exposure: 60%\n"
        + "---\nkind: ProductClass\nname: x\n---\nkind: ProductClass\nname: y\n"
        + "---\nkind: Channel\nname: web\nscope: {class: x}\nexposure: 70%\n"
        + "---\nkind: Channel\nname: web\nscope: {class: x, region: south}\nexposure: 80%\n"
    ).state
    func exposure(_ name: String?, _ region: String?) -> Rate? {
      state.effective(
        .init(.channel, "web"), for: CatalogPart(productClass: name, region: region), at: Instant(milliseconds: 0))?[
          "exposure"]?.rate
    }
    #expect(exposure(nil, nil) == nil && exposure(nil, "north") == nil && exposure("y", "south") == .percent(60))
    #expect(exposure("x", nil) == .percent(70) && exposure("x", "north") == .percent(70))
    #expect(exposure("x", "south") == .percent(80))
  }
}

extension String {
  fileprivate func replacing(_ old: String, _ new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
