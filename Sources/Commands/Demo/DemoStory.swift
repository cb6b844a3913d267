import ActualState
import Approvals
import Daemon
import Diagnostics
import Digest
import FoundationEssentials
import Git
import Intake
import Operations
import Planning
import Reconciling
import Reports
import SQLiteStore
import Synchronization

/// The story that `purser demo` tells: every figure in it is read from the store or the plan that it speaks of.
struct DemoStory {
  let folder: String
  let seed: UInt64
  private let clock = DemoClock()

  var repository: String { folder + "/ops" }
  var storePath: String { folder + "/ops.db" }

  init(folder: String, seed: UInt64) {
    self.folder = folder
    self.seed = seed
  }

  func tell(share: Share) async throws {
    try FileManager.default.createDirectory(atPath: folder + "/events", withIntermediateDirectories: true)
    // git looks for the key from the repository's folder, so its path must not be relative.
    let here = folder.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath + "/"
    let keys = KeyStore(folder: here + folder + "/keys")
    say("1. The company", "Its rules are YAML in a git repository: \(repository)/state")
    let made = try NewRepository(folder: repository, share: share, keys: keys, now: DemoTrade.start).make()
    tell("one signed commit, \(made.commit.short), by \(made.identity.resourceName): the trust root")
    let git = DemoGit(folder: repository)

    var trade = DemoTrade(seed: seed)
    let store = try SQLiteStore(path: storePath, mode: .create)
    try take(trade.opening, as: "00-opening", into: store)
    let units = trade.stock.values.joined().reduce(0, +)
    tell(
      "\(trade.items.count) items, \(units) units in \(DemoTrade.nodes.count) nodes, counted by the warehouse system")

    say("2. The daemon", "It checks the commit, plans, and applies the plan in one transaction")
    let daemon = try Daemon(configuration(try keys.auditKey(path: nil)), clock: clock.read)
    try await cycle(daemon)

    say("3. A promotion", "\(DemoTrade.firstHours) hours of orders from six channels; one cycle an hour")
    var sync = HourlySync(stock: trade.stock)
    try await surge(0..<DemoTrade.firstHours, &trade, &sync, daemon, store)

    say("4. A manager limits the marketplace", "in git, with a signed commit")
    let before = try published(store, "marketplace-a")
    try replace(
      "cap: {units: 500, window: 7d}", by: "cap: {units: 12, window: 7d}", in: "state/channels/channels.yaml")
    let change = try commit(git, "Hold marketplace-a to 12 of each new item while the promotion lasts")
    try await cycle(daemon)
    let held = try published(store, "marketplace-a")
    tell("marketplace-a showed \(before) units before, and shows \(held) now")

    say("5. Someone else raises the limit", "the same file, in a commit that is not signed")
    try replace(
      "cap: {units: 12, window: 7d}", by: "cap: {units: 9000, window: 7d}", in: "state/channels/channels.yaml")
    try git(
      "-c", "commit.gpgsign=false", "-c", "user.name=Sales", "-c", "user.email=sales@northwind.example", "commit",
      "-qam",
      "More for marketplace-a")
    try await cycle(daemon)
    tell("marketplace-a still shows \(try published(store, "marketplace-a")) units: nothing was applied")
    try git("revert", "--no-edit", "HEAD")
    try await cycle(daemon)

    say("6. The promotion goes on", "another \(DemoTrade.hours - DemoTrade.firstHours) hours")
    try await surge(DemoTrade.firstHours..<DemoTrade.hours, &trade, &sync, daemon, store)

    say("7. git revert", "The promotion is over: the manager reverts the cap")
    let last = try published(store, "marketplace-a")
    try git("revert", "--no-edit", change)
    try await cycle(daemon)
    tell("marketplace-a showed \(last) units before, and shows \(try published(store, "marketplace-a")) now")

    try sum(store, sync)
    epilogue()
  }

  private func configuration(_ auditKey: PrivateKey) -> DaemonConfiguration {
    DaemonConfiguration(
      repository: repository, storePath: storePath, branch: "main", trustRoot: nil, auditKey: auditKey,
      credentials: Credentials(), interval: TimeSpan(milliseconds: 5000),
      checkpointInterval: TimeSpan(milliseconds: 12 * TimeSpan.hour.milliseconds),
      flushesAudit: false)
  }

  private func surge(
    _ hours: Range<Int>, _ trade: inout DemoTrade, _ sync: inout HourlySync, _ daemon: Daemon, _ store: SQLiteStore
  ) async throws {
    var counts = (orders: 0, units: Int64(0), soldOut: Int64(0), actions: 0)
    for hour in hours {
      let wishes = trade.orders(hour: hour)
      var shelf = try Shelf(store)
      let orders = wishes.compactMap { shelf.order($0) }
      try take(orders.map(trade.event), as: Self.fileName(hour), into: store)
      sync.sell(wishes)
      clock.set(DemoTrade.time(hour + 1))
      let (report, status) = await daemon.cycle()
      if let trouble = status.trouble { throw trouble }
      counts.orders += orders.count
      counts.units += orders.flatMap(\.lines).reduce(0) { $0 + $1.units }
      counts.soldOut += shelf.soldOutUnits
      counts.actions += report.plan?.actions.count ?? 0
    }
    tell(
      "\(counts.orders) orders for \(counts.units) units; another \(counts.soldOut) units were wanted but shown as sold out"
    )
    tell("the plans made \(counts.actions) changes; \(try Totals(store).sentence)")
  }

  private static func fileName(_ hour: Int) -> String { "hour-\(hour < 9 ? "0" : "")\(hour + 1)" }

  /// Events go through a file, as from any other system, and stay there to be looked at.
  private func take(_ events: [JSONValue], as name: String, into store: SQLiteStore) throws {
    let path = "\(folder)/events/\(name).jsonl"
    let text = events.map { $0.canonical + "\n" }.joined()
    guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
      throw Diagnostic("demo.cannot_write", "'\(path)' cannot be written", hint: "is the disk full?")
    }
    let arrivals = ArrivalClock { [clock] in clock.read() }
    var reader = CloudEventReader(try ByteSource(path: path)) { arrivals.next() }
    var importer = Importer(store: store, owners: EventOwners([:]))
    var problems: [Diagnostic] = []
    try importer.run(&reader) { problems.append($0.diagnostic) }
    guard problems.isEmpty else { throw Diagnostics(problems) }
  }

  private func cycle(_ daemon: Daemon) async throws {
    clock.set(clock.read() + TimeSpan(milliseconds: 60_000))
    let (report, status) = await daemon.cycle()
    if let trouble = status.trouble { throw trouble }
    for accepted in report.accepted {
      let reverts = accepted.commit.reverts.map { ", which reverts \($0.prefix(10))" }.joined()
      tell("accepted \(accepted.commit.id.prefix(10)) \u{201C}\(accepted.commit.summary)\u{201D}\(reverts)")
    }
    if let refused = report.refused {
      tell("REFUSED \(refused.commit.id.prefix(10)) \u{201C}\(refused.commit.summary)\u{201D}")
      for reason in refused.reasons { tell("  \(reason.message)") }
    }
    if let plan = report.plan, !plan.isEmpty {
      tell(
        "applied \(plan.actions.count) actions: \(plan.count(.policyChanged)) because the policy changed, "
          + "\(plan.count(.worldMoved)) because the world moved")
    }
  }

  private func replace(_ old: String, by new: String, in file: String) throws {
    let path = repository + "/" + file
    let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    let changed = text.replacing(old, with: new, maxReplacements: 1)
    guard changed != text, FileManager.default.createFile(atPath: path, contents: Data(changed.utf8)) else {
      throw Diagnostic("demo.sample_differs", "'\(path)' has no '\(old)'", hint: "use the state/ of this Purser")
    }
    tell("\(file):  - \(old)\n\(String(repeating: " ", count: file.utf8.count + 6))+ \(new)")
  }

  private func commit(_ git: DemoGit, _ message: String) throws -> String {
    try git("commit", "-qam", message)
    return try git("rev-parse", "HEAD")
  }

  private func published(_ store: SQLiteStore, _ channel: ChannelID) throws -> Quantity {
    var units: Quantity = 0
    try store.eachGrant { if $0.channel == channel { units += $0.published ?? 0 } }
    return units
  }

  private func sum(_ store: SQLiteStore, _ sync: HourlySync) throws {
    say("8. The result", try Totals(store).sentence)
    let problems = try store.transaction { try Auditor(store).problems }
    guard problems.isEmpty else {
      throw Diagnostic("demo.audit", problems.joined(separator: "; "), hint: "please report this")
    }
    tell("no unit was promised twice: the ledger, the claims and the grants were recomputed and agree")
    tell(
      "if channels synced once an hour, the same customers would have bought "
        + "\(sync.oversoldUnits) units that were not there, in \(sync.oversoldOrders) orders")
  }

  private func epilogue() {
    say("Look around", "Everything is in \(folder)")
    Output.data(
      """
        git -C \(repository) log --oneline --show-signature main
        purser audit log \(repository)
        purser audit verify \(repository)
        purser get availability --store \(storePath) --sku TENT-5-PRO
        purser explain Channel/marketplace-a --class launch --repo \(repository)
        purser plan --repo \(repository) --store \(storePath) --now \(clock.read())
        purser run --repo \(repository) --store \(storePath) --audit-key \(folder)/keys/audit_key

      """)
  }

  private func say(_ title: String, _ text: String) { Output.data("\n\(title)\n   \(text)\n") }

  private func tell(_ text: String) { Output.data("   \(text)\n") }
}

/// A clock that the story sets.
final class DemoClock: Sendable {
  private let now = Mutex(DemoTrade.start)

  var read: @Sendable () -> Instant { { [self] in now.withLock { $0 } } }

  func set(_ moment: Instant) { now.withLock { $0 = moment } }
}
