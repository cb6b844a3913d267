import DesiredState
import DesiredStateFiles
import Operations

/// A company of any size, made from a seed: the same numbers on every machine.
struct SyntheticWorld {
  static let now = Instant("2026-11-24T12:00:00Z") ?? .distantPast

  var items: Int
  var nodes: Int
  var channels: Int
  /// How many regions are named; 0 for a company that sells the same everywhere.
  var regions = 0

  /// A policy that uses everything that planning knows: tiers, caps, protections, buffers, safety stock.
  var policyText: String {
    var text = "kind: Repository\nname: bench\nschema_version: 1\ncurrency: EUR\n"
    text += "---\nkind: ProductClass\nname: launch\npriority: 1\nmatch: {season: launch}\n"
    for rank in 1...3 { text += "---\nkind: AllocationTier\nname: tier-\(rank)\nrank: \(rank)\n" }
    for node in 0..<nodes {
      text += "---\nkind: Node\nname: \(nodeName(node))\ntype: dc\nregion: \(regionName(node))\n"
    }
    text += regionText
    text += "---\nkind: SafetyStock\nname: all\nunits: 2\n"
    for channel in 0..<channels {
      text += "---\nkind: Channel\nname: \(channelName(channel))\ntype: marketplace\ntier: tier-\(channel % 3 + 1)\n"
      if channel % 2 == 1 { text += "cap: {percent_of_available: 30%, window: 7d}\nexposure: 90%\n" }
      if channel % 4 == 3 { text += "buffer: {mode: latency_poisson, risk: 1%, latency: 15m}\n" }
      if channel % 4 == 0 {
        text += "---\nkind: Protection\nname: p-\(channel)\nchannel: \(channelName(channel))\npercent_of_on_hand: 10%\n"
      }
    }
    return text
  }

  /// Each region keeps its own safety stock, lets orders wait by its own rule, and shows less on half of the channels.
  private var regionText: String {
    (0..<regions).map { region in
      let own = (0..<nodes).filter { $0 % regions == region }.map(nodeName)
      var text = "---\nkind: Region\nname: \(regionName(region))\nnodes: [\(own.joined(separator: ", "))]\n"
      text += "---\nkind: SafetyStock\nname: keep-\(region)\nregion: \(regionName(region))\nunits: \(3 + region)\n"
      text +=
        "---\nkind: BackorderRule\nname: wait-\(region)\nregion: \(regionName(region))\nmove_limit: \(2 + region)d\n"
      for channel in stride(from: 0, to: channels, by: 2) {
        text += "---\nkind: Channel\nname: \(channelName(channel))\nscope: {region: \(regionName(region))}\n"
        text += "exposure: \(80 + region)%\n"
      }
      return text
    }.joined()
  }

  func regionName(_ node: Int) -> String { regions == 0 ? "r" : "r-\(node % regions)" }
  func nodeName(_ index: Int) -> String { "node-\(padded(index, 3))" }
  func channelName(_ index: Int) -> String { "channel-\(padded(index, 2))" }
  func skuName(_ index: Int) -> String { "SKU-\(padded(index, 8))" }

  private func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  func desiredState() -> DesiredState {
    LoadedState(files: [DecodedFile(decoding: SourceFile(path: "state/bench.yaml", bytes: Array(policyText.utf8)))])
      .state
  }

  /// Stock, grants and a little recent trade for every item; nothing was planned yet.
  func snapshot() -> Snapshot {
    var snapshot = Snapshot(scope: .all)
    snapshot.nodes = (0..<nodes).map { NodeID(nodeName($0)) }
    snapshot.nodeIsActive = snapshot.nodes.map { _ in true }
    snapshot.channels = (0..<channels).map { ChannelID(channelName($0)) }
    snapshot.channelTerms = snapshot.channels.map { _ in nil }
    snapshot.traits = [ItemTraits(attributes: ["season": "core"]), ItemTraits(attributes: ["season": "launch"])]
    for item in 0..<items {
      snapshot.items.sku.append(SKU(skuName(item)))
      snapshot.items.traits.append(item % 16 == 0 ? 1 : 0)
      snapshot.items.version.append(Int64(item))
      snapshot.items.shared.append(0)
      snapshot.items.claimed.append(regions == 0 ? Quantity(item % 3) : 0)
      for node in 0..<nodes {
        let units = Quantity((item &* 31 &+ node &* 17) % 200)
        snapshot.positions.node.append(Int32(node))
        snapshot.positions.onHand.append(units)
        snapshot.positions.sellable.append(units)
        snapshot.positions.allocated.append(0)
        snapshot.positions.safetyStock.append(2)
      }
      snapshot.positions.starts.append(Int32(snapshot.positions.node.count))
      for channel in 0..<channels {
        snapshot.grants.channel.append(Int32(channel))
        snapshot.grants.grant.append(Grant())
        snapshot.grants.published.append(0)
        snapshot.grants.activeProtected.append(0)
        snapshot.grants.activeShared.append(regions == 0 && channel == 1 ? Quantity(item % 3) : 0)
      }
      snapshot.grants.starts.append(Int32(snapshot.grants.channel.count))
      if regions == 0, item % 3 > 0 {
        snapshot.usage.channel.append(1)
        snapshot.usage.hour.append(Self.now.hour - Int32(item % 100))
        snapshot.usage.claimed.append(Quantity(item % 3))
        snapshot.usage.protected.append(0)
        snapshot.usage.protectedShipped.append(0)
      }
      snapshot.usage.starts.append(Int32(snapshot.usage.channel.count))
    }
    return snapshot
  }
}

extension Snapshot {
  /// The snapshot as it is after a plan was applied to it: planning it again finds nothing to do.
  mutating func settle(_ actions: [Action]) {
    var next = actions.firstIndex { $0.sku != nil } ?? actions.count
    for case .setChannel(let channel, let terms, _) in actions[..<next] {
      channels.firstIndex(of: channel).map { channelTerms[$0] = terms }
    }
    for item in 0..<items.count {
      while next < actions.count, actions[next].sku == items.sku[item] {
        switch actions[next] {
        case .setGrant(_, let channel, let new, _, _): grants.grant[row(item, channel)] = new
        case .publish(_, let channel, let new, _, _): grants.published[row(item, channel)] = new
        case .setShared(_, let new, _, _): items.shared[item] = new
        default: break
        }
        next += 1
      }
    }
  }

  private func row(_ item: Int, _ channel: ChannelID) -> Int {
    grants.rows(of: item).first { channels[Int(grants.channel[$0])] == channel } ?? 0
  }
}
