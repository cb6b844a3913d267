import Operations
import Planning
import TestSupport
import Testing

@testable import Benchmarks

/// The formats of published instances, on small ones that were worked out by hand.
@Suite struct InstanceFormatTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func file(_ text: String) throws -> String {
    try scratch.write(text, to: "instances.json")
    return scratch.path("instances.json")
  }

  /// 10 above safety now and 5 more on day 4: the first takes 6 on day 0, the second 4 then and 5 on day 4, and nothing is
  /// left for the third.
  @Test func promises() throws {
    let path = try file(
      """
      [{"name": "two dates", "on_hand": 12, "safety": 2, "horizon": 6, "supplies": [{"day": 4, "qty": 5}],
        "demands": [{"id": "a", "qty": 6, "earliest": 0, "partial": false},
                    {"id": "b", "qty": 9, "earliest": 1, "partial": true},
                    {"id": "c", "qty": 1, "earliest": 0, "partial": false}]}]
      """)
    let instance = try #require(try InstanceFile.read(path, ATPInstance.init).first)
    let answer = instance.solve()
    let line = instance.line(answer, .zero)
    #expect(
      line["promises"] == [
        ["id": "a", "parts": [[0, 6]]], ["id": "b", "parts": [[1, 4], [4, 5]]], ["id": "c", "parts": [[.null, 1]]],
      ])
    #expect(line["atp_after"] == [0, 0, 0, 0, 0, 0, 0])
    #expect(instance.rows(answer, .zero).map { $0[4] } == ["6 on day 0", "4 on day 1, 5 on day 4", "1 on no day"])
  }

  /// The first tier takes its 4, and 3:1 of the other 8 are 6 and 2.
  @Test func shares() throws {
    let path = try file(
      """
      [{"name": "tiers", "available": 12, "channels": [
        {"id": "b", "tier": 2, "weight": 3, "min": 1, "max": null, "demand": null},
        {"id": "c", "tier": 2, "weight": 1, "min": 1, "max": 9, "demand": null},
        {"id": "a", "tier": 1, "weight": 1, "min": 0, "max": 9, "demand": 4}]}]
      """)
    let instance = try #require(try InstanceFile.read(path, AllocationInstance.init).first)
    #expect(instance.line(instance.shares(), .zero)["integer"] == ["a": 4, "b": 6, "c": 2])
  }

  /// One parcel from the dear place costs 600 + 2 · 10, two from the cheap ones 2 · 300 + 2 · 5 + 50.
  @Test func routes() throws {
    let path = try file(
      """
      {"name": "one", "locations": [{"id": "X", "unit_capacity": null, "shipment_capacity": null},
         {"id": "Y", "unit_capacity": 9, "shipment_capacity": 2}, {"id": "Z", "unit_capacity": null, "shipment_capacity": null}],
       "stock": {"X": {"s": 1}, "Y": {"t": 1}, "Z": {"s": 1, "t": 1}},
       "orders": [{"id": "O", "split": "any", "ship_complete": true, "split_penalty": 50,
         "lines": [{"sku": "s", "qty": 1, "unfilled_penalty": 9000}, {"sku": "t", "qty": 1, "unfilled_penalty": 9000}],
         "options": [{"loc": "X", "fixed": 300, "late_penalty": 0, "unit": {"s": 5, "t": 5}},
                     {"loc": "Y", "fixed": 300, "late_penalty": 0, "unit": {"s": 5, "t": 5}},
                     {"loc": "Z", "fixed": 600, "late_penalty": 0, "unit": {"s": 10, "t": 10}}]}],
       "oracle": {"optimal_cost": 620}}
      """)
    let instance = try #require(try RoutingInstance.read(path).first)
    let result = route(instance.problem, explains: false)
    #expect(result.cost == instance.oracle && result.isProved)
    #expect(result.routes.flatMap(\.shipments).allSatisfy { instance.problem.locations[$0.location].id == "Z" })
  }

  /// EOQ = √(2 · 8 · 1300 / 0.225).
  @Test func textbookRows() throws {
    let path = try file(
      """
      {"rows": [{"test": "eoq", "function": "economic_order_quantity",
                 "args": {"fixed_cost": 8, "holding_cost": 0.225, "demand_rate": 1300}}]}
      """)
    let row = try #require(try TextbookFile(path: path).rows.first)
    let answer = try textbookAnswer(row.function, TextbookArguments(row.args))
    #expect(PublishedInstances.agree(answer, .list([.number(304.0467800264368), .number(68.41052550594829)])))
    #expect(!PublishedInstances.agree(answer, .list([.number(304.05), .number(68.41052550594829)])))
  }

  /// A date stands for the end of its day; what cannot be read is counted and named.
  @Test func histories() throws {
    let path = try file(
      """
      vendor,mode,scheduled,delivered,quantity
      "Orgenics, Ltd",Air,2010-10-27,2010-10-26,336
      ,Air,2010-10-27,2010-10-26,336
      Aspen,Truck,2010-10-27,soon,336
      Aspen,Truck,2010-10-27,2010-10-28,0
      """)
    let history = try DeliveryHistory(path: path)
    #expect(history.deliveries.map(\.supplier) == ["Orgenics, Ltd"] && history.skipped == 3)
    #expect(history.deliveries.first?.promised == Instant("2010-10-27T23:59:59.999Z"))
    #expect(history.firstProblem == "row 2 names no vendor")
  }

  @Test(
    arguments: [
      (#"{"name": "x"}"#, "an array of instances is expected"), ("[1]", "instance 0: an object is expected"),
      (#"[{"name": "x"}]"#, "'on_hand' is missing"), ("[", "at byte"),
      (
        #"[{"name": "x", "on_hand": -1, "safety": 0, "horizon": 1, "supplies": [], "demands": []}]"#,
        "'on_hand' must be a whole number from 0"
      ),
    ] as [(String, String)])
  func whatIsWrongIsNamed(text: String, problem: String) throws {
    let path = try file(text)
    let error = try #require(throws: InstanceProblem.self) { _ = try InstanceFile.read(path, ATPInstance.init) }
    #expect(error.description.contains(problem), "\(error.description)")
  }
}
