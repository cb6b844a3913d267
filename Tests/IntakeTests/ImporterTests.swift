import ActualState
import Diagnostics
import Digest
import Operations
import Testing

@testable import Intake

@Suite struct ImporterTests {
  static func line(_ id: String, _ type: String, _ data: String, source: String = "/shop") -> String {
    #"{"source":"\#(source)","id":"\#(id)","type":"\#(type)","time":"2026-01-01T00:00:00Z","data":\#(data)}"# + "\n"
  }

  static let item = line("i", "catalog.item_upserted", #"{"sku":"TEA","uom":"piece"}"#)
  static let count = line("c", "inventory.counted", #"{"sku":"TEA","node":"dc","on_hand":7}"#)

  /// Imports a text and gives the summary, with the ids of problems.
  static func run(
    _ text: String, into store: any Store, owners: EventOwners = EventOwners([:]), interruptedAfter: Int = .max
  ) throws -> (ImportSummary, problems: [String]) {
    var importer = Importer(store: store, owners: owners)
    var reader = CloudEventReader(ByteSource(Array(text.utf8), name: "f.jsonl")) { Instant(milliseconds: 0) }
    var problems: [String] = []
    var left = interruptedAfter
    try importer.run(&reader) {
      left -= 1
      return left < 0
    } onProblem: {
      problems.append($0.diagnostic.id)
    }
    return (importer.summary, problems)
  }

  @Test func goodLinesAroundABadOneGoInAndARepeatChangesNothing() throws {
    let store = InMemoryStore()
    let text = Self.item + "{broken\n" + Self.count + Self.count.dropLast(9)
    let (first, problems) = try Self.run(text, into: store)
    #expect((first.applied, first.problems) == (2, 2))
    #expect(problems == ["event.not_json", "event.truncated"])
    let before = try store.checkpoint()
    let (second, _) = try Self.run(Self.item + Self.count + Self.count, into: store)
    #expect((second.applied, second.repeated, second.events) == (0, 3, 3))
    #expect(try store.checkpoint() == before)
    #expect(try store.position("TEA", "dc")?.onHand == 7)
  }

  @Test func anEventFromAnotherThanItsOwnerIsKeptWithItsReason() throws {
    let store = InMemoryStore()
    let owners = EventOwners(["inventory.counted": "/wms"])
    let (summary, _) = try Self.run(Self.item + Self.count, into: store, owners: owners)
    #expect((summary.applied, summary.refused) == (1, 1))
    #expect(summary.reasons.map(\.text) == ["only '/wms' may send inventory.counted, not '/shop'"])
    #expect(summary.reasons.first?.location.line == 2)
    #expect(try store.countEvents().refused == 1 && store.position("TEA", "dc") == nil)
  }

  @Test func anUnknownItemIsKeptAndTakenInWhenItArrives() throws {
    let store = InMemoryStore()
    let (first, _) = try Self.run(Self.count, into: store)
    #expect(first.waiting == 1 && first.reasons.map(\.text) == ["waits for sku:TEA"])
    _ = try Self.run(Self.item, into: store)
    #expect(try store.countEvents().waiting == 0 && store.position("TEA", "dc")?.onHand == 7)
  }

  /// Source and id name an event: what comes second under one name is set aside, and said.
  @Test func anotherEventUnderATakenIDIsSetAside() throws {
    let store = InMemoryStore()
    let other = Self.line("c", "inventory.counted", #"{"sku":"TEA","node":"dc","on_hand":9}"#)
    let ofAnotherType = Self.line("c", "inventory.adjusted", #"{"sku":"TEA","node":"dc","delta":1,"reason":"r"}"#)
    let laterStamp = Self.count.replacing("2026-01-01", with: "2026-01-02")
    let text = Self.item + Self.count + other + ofAnotherType + laterStamp
    for round in 0..<2 {
      let (summary, problems) = try Self.run(text, into: store)
      #expect((summary.applied, summary.repeated, summary.conflicting) == (round == 0 ? 2 : 0, round == 0 ? 1 : 3, 2))
      #expect(summary.events == 5 && problems.isEmpty)
      let conflicts = summary.reasons.filter { $0.outcome == .conflict }
      #expect(conflicts.map(\.location.line) == [3, 4] && conflicts.allSatisfy { $0.event == "/shop#c" })
      let kept = try store.event("/shop", "c")?.contentDigest.description.prefix(12) ?? ""
      #expect(conflicts.allSatisfy { $0.text.contains("kept: \(kept), here: ") && !$0.text.contains("here: \(kept)") })
    }
    #expect(try store.position("TEA", "dc")?.onHand == 7 && store.countEvents().applied == 2)
  }

  @Test func anInterruptedImportKeepsWhatItHasRead() throws {
    let store = InMemoryStore()
    let (summary, _) = try Self.run(Self.item + Self.count, into: store, interruptedAfter: 1)
    #expect(summary.applied == 1)
    #expect(try store.item("TEA") != nil && store.position("TEA", "dc") == nil)
  }

  @Test func reasonsAreLimitedAndCounted() throws {
    let many = (0..<1200).map { Self.line("\($0)", "nonsense", "{}") }.joined()
    let (summary, _) = try Self.run(many, into: InMemoryStore())
    #expect(summary.refused == 1200 && summary.reasons.count == Importer.reasonLimit)
    #expect(summary.typeCounts == ["nonsense": 1200])
  }
}
