import ActualState
import Glibc
import Operations
import SQLiteStore

/// A random sequence that a seed repeats.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// A folder that goes away with its owner.
final class ScratchFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/purser-store-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemFailure(code: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink("\(path)/\(name)")
      }
      closedir(folder)
    }
    rmdir(path)
  }

  func file(_ name: String = "ops.db") -> String { "\(path)/\(name)" }

  func write(_ bytes: [UInt8], to name: String) throws {
    let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw SystemFailure(code: errno) }
  }
}

struct SystemFailure: Error { var code: Int32 }

/// The stores that must mean the same.
enum StoreKind: String, CaseIterable {
  case memory
  case sqlite

  /// Runs `body` on an empty store.
  func with(_ body: (any Store) throws -> Void) throws {
    switch self {
    case .memory: try body(InMemoryStore())
    case .sqlite:
      let folder = try ScratchFolder()
      try body(try SQLiteStore(path: folder.file(), mode: .create))
    }
  }
}

extension Instant {
  static let start = Instant(milliseconds: 1_795_564_800_000)

  static func + (instant: Instant, hours: Int) -> Instant {
    Instant(milliseconds: instant.milliseconds + Int64(hours) * 3_600_000)
  }
}

extension Store {
  /// An item with nothing special about it.
  func addItem(_ sku: SKU, productClass: String? = nil) throws {
    try put(ItemRow(sku: sku, uom: "each", traits: ItemTraits(productClass: productClass)))
  }

  /// All that can be read from outside, as text, so that two stores can be compared.
  func dump() throws -> [String] {
    var rows: [String] = []
    for key in StoreKey.allCases { rows.append("\(key): \(try value(key) ?? "none")") }
    try eachItem { item in
      rows.append("\(item.sku) \(item.uom) \(item.version) \(item.shared) \(item.claimed) \(item.isDirty)")
      for (region, pool) in item.pools.sorted(by: { $0.key < $1.key }) { rows.append("  in \(region): \(pool)") }
    }
    try eachNode { rows.append("\($0) \($1) \(String(describing: $2))") }
    try eachFallback { rows.append("\($0) \($1)") }
    try eachPosition { rows.append("\($0) \($1)") }
    try eachGrant { rows.append("\($0)") }
    try eachClaim { rows.append("\($0)") }
    try eachOrder { order in
      rows.append("\(order)")
      for line in try lines(of: order.order) { rows.append("\(line)") }
    }
    try eachCase { rows.append("\($0) \($1) \($2)") }
    try eachProposal { rows.append("\($0) \($1.json.canonical) \($2)") }
    try eachListing { rows.append("\($0) \($1)") }
    try eachWaiting { rows.append("\($0.key) \($0.type) \($0.time) \($0.data.canonical) \($1)") }
    try eachEntry { rows.append($0.json.canonical) }
    try eachRoute { rows.append("\($0)") }
    try eachLoad { rows.append("\($0)") }
    try eachPromise { rows.append("\($0)") }
    try eachMessage { rows.append("\($0.record) \($0.key ?? "none") \($0.payload.canonical)") }
    rows.append("companions \(try companions())")
    rows.append("\(try countEvents()) outbox \(try countOutbox()) decision \(try lastDecision())")
    for record in try auditRecords(0...Int64.max) { rows.append("\(record.isDecision) \(record.json.canonical)") }
    for batch in try auditBatches(pendingOnly: false) { rows.append("\(batch)") }
    rows += try snapshot(.all).dump() + snapshot(.dirty).dump()
    // Swift takes two encodings of "é" for equal; a store must not.
    return rows.map { row in row.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() }
  }
}

extension Snapshot {
  /// All columns as text.
  func dump() -> [String] {
    let suppliers = suppliers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    var rows = [
      "\(suppliers)", "\(scope) \(version) \(nodes) \(nodeIsActive) \(nodeHeardAt) \(channels) \(channelTerms)",
    ]
    rows.append("\(regions) \(regionMap.json.canonical)")
    rows += fallbacks.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    for item in 0..<items.count {
      let trait = traits[Int(items.traits[item])]
      let attributes = trait.attributes.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
      rows.append(
        "\(items.sku[item]) \(items.traits[item]) \(trait.productClass ?? "none") \(attributes) "
          + "\(items.version[item]) \(items.shared[item]) \(items.claimed[item])")
      for row in positions.rows(of: item) {
        rows.append(
          "  at \(positions.node[row]): \(positions.onHand[row]) \(positions.sellable[row]) "
            + "\(positions.allocated[row]) \(positions.safetyStock[row])")
      }
      for row in grants.rows(of: item) {
        rows.append(
          "  to \(grants.channel[row]) in '\(grants.region(of: row, in: regions))': \(String(describing: grants.grant[row])) \(grants.published[row] ?? -1) "
            + "\(grants.activeProtected[row]) \(grants.activeShared[row])")
      }
      for row in usage.rows(of: item) {
        rows.append(
          "  used \(usage.channel[row]) in '\(usage.region(of: row, in: regions))' \(usage.hour[row]): \(usage.claimed[row]) \(usage.protected[row]) "
            + "\(usage.protectedShipped[row]) sold \(usage.sold[row])")
      }
      for row in sales.rows(of: item) {
        rows.append("  sold to \(destinations[Int(sales.destination[row])]) on \(sales.day[row]): \(sales.units[row])")
      }
      let index = Int32(item)
      rows.append("  \(inbound[index] ?? []) \(transfers[index] ?? []) \(receipts[index] ?? []) \(cases[index] ?? [])")
      rows.append("  \(openLines[index] ?? []) \(claims[index] ?? []) \(pools[index] ?? [])")
      rows.append("  \(listings[index] ?? [])")
      rows.append("  \(stockouts[index] ?? []) \((proposals[index] ?? []).map(\.json.canonical))")
    }
    rows.append("  routing \(isRouting) \(loads)")
    for (id, order) in orders.sorted(by: { $0.key < $1.key }) { rows.append("  \(id): \(order)") }
    rows.append("\(traits.count) \(inbound.count) \(transfers.count) \(openLines.count) \(claims.count) \(cases.count)")
    return rows
  }
}
