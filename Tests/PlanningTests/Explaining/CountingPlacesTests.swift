import DesiredState
import Operations
import Testing

@testable import Planning

/// Only the line that counts is named as the reason, and none that a narrower one has displaced.
@Suite struct CountingPlacesTests {
  private static func places(_ resources: String) throws -> PolicyPlaces {
    PolicyPlaces(try PlannedShop.load(resources), at: PlannedShop.noon)
  }

  private static let web = "kind: Channel\nname: web\ntype: dtc\ntier: first\n"

  @Test func theProtectionThatCounts() throws {
    func protection(_ name: String, _ rest: String) -> String {
      "---\nkind: Protection\nname: \(name)\nchannel: web\n" + rest
    }
    let window = "effective: {from: 2026-11-20T00:00:00Z, until: 2026-12-01T00:00:00Z}\n"
    let places = try Self.places(
      Self.web + protection("base", "percent_of_on_hand: 50%\n")
        + protection("coming", "percent_of_inbound: 10%\n" + window)
        + protection("item", "sku: A\nunits: 4\n")
        + protection("now", "sku: A\nunits: 9\n" + window))
    var part = CatalogPart()
    part.sku = "A"
    #expect(places.protections(of: "web", for: part).map(\.words) == ["Protection/now units: 9"])
    #expect(places.inboundProtections(of: "web", for: part).isEmpty)
    part.sku = "B"
    #expect(places.protections(of: "web", for: part).map(\.words) == ["Protection/coming percent_of_inbound: 10%"])
  }

  @Test func theSafetyStockThatCounts() throws {
    func rule(_ name: String, _ rest: String) -> String { "---\nkind: SafetyStock\nname: \(name)\n" + rest }
    let places = try Self.places(
      Self.web + "---\nkind: Node\nname: yard\ntype: dc\nregion: east\n---\nkind: Region\nname: east\nnodes: [yard]\n"
        + "---\nkind: Region\nname: north\nnodes: [dc]\n" + rule("a-east", "sku: A\nregion: east\nunits: 9\n")
        + rule("b-all", "sku: A\nunits: 3\n"))
    var part = CatalogPart()
    part.sku = "A"
    #expect(places.safetyStock("dc", for: part).map(\.words) == ["SafetyStock/b-all units: 3"])
    #expect(places.safetyStock("yard", for: part).map(\.words) == ["SafetyStock/a-east units: 9"])
  }
}
