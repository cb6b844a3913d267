import ActualState
import ArgumentParser
import Operations
import Planning

struct GetSuppliers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suppliers", abstract: "How reliable each supplier is, learned from its deliveries.",
    discussion: """
      confidence, tier, sample_size and lead_time are those of the last plan; they are empty if the policy does not learn \
      them (the field 'learning' of a Supplier). With --repo, brier says how well the policy in force would have \
      predicted each of the supplier's deliveries from the earlier ones: 0 is perfect, 0.25 is as good as a coin toss.
      """)

  @OptionGroup var options: ListOptions

  private static let columns = [
    Column(name: "supplier", isKey: true), Column(name: "confidence"), Column(name: "tier"),
    Column(name: "sample_size"), Column(name: "lead_time"), Column(name: "lead_time_deviation"),
    Column(name: "deliveries"), Column(name: "brier"),
  ]

  func run() throws {
    let desired = try options.repo.map { try CommittedState.load(.parse(["--repo", $0, "--store", options.store])) }
    try options.list(Self.columns, empty: "no purchase order or delivery names a supplier yet") { store, writer in
      let scores = try desired.map { try DeliveryScores(store, $0, at: .wallClock).ofEach }
      for row in try store.suppliers() {
        let deliveries = try store.deliveries(of: row.supplier)
        let leadTime = row.standing?.leadTime?.value
        try writer.add([
          JSONValue(row.supplier), JSONValue(share: row.standing?.confidence),
          JSONValue(row.standing?.tier.rawValue),
          row.standing.map { .decimal(Self.thousandths($0.sampleSize)) } ?? .null,
          JSONValue(leadTime?.mean.description), JSONValue(leadTime?.deviation?.description),
          .integer(Int64(deliveries.count)), JSONValue(share: scores?[row.supplier]?.brier),
        ])
      }
    }
  }

  private static func thousandths(_ value: Int64) -> String {
    "\(value / 1000)." + String(1000 + value % 1000).suffix(3)
  }
}
