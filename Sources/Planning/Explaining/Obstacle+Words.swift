import DesiredState
import Operations

extension Obstacle {
  /// What it is, with the figures of the moment.
  public var words: String {
    switch self {
    case .unknownChannel(let channel): return "there is no Channel '\(channel)'"
    case .channelNotInEffect(let channel): return "Channel/\(channel) is not in effect now, so it sells nothing"
    case .unknownRegion(let destination): return "no Region serves '\(destination)'"
    case .stage(let channel, let wanted, let now):
      let state = wanted == .warehouseRelease ? "is not released yet" : now.state
      return "orders of \(channel) claim stock \(wanted.beginning), but this one \(state)"
    case .lapsed(_, let time):
      let ttl = time.map { " of \($0)" } ?? ""
      return "its hold\(ttl) expired before it was paid; it claims stock again once it is paid"
    case .early(let channel, let shipOn, let from):
      return
        "it ships on \(shipOn), and orders of \(channel) claim stock a fixed time before that: this one from \(from)"
    case .cap(let channel, let use):
      let share = use.share.map { ", \($0) of what is available," } ?? ""
      return "the cap of \(channel)\(use.isOverall ? " over all regions" : "") is used up: \(use.used) of \(use.limit) "
        + "units\(share) within \(use.window)"
    case .maximum(let channel, let units, let isOverall):
      return "orders of \(channel) may hold no more than \(units) units at once" + (isOverall ? " in all regions" : "")
    case .shares(let channel, let has, let part):
      return has < part
        ? "its tier shares stock by weight: \(channel) has \(has) of its share of \(part), and others have the rest"
        : "its tier shares stock by weight, and \(channel) already has its share"
    case .keptMinimum(let other, let units):
      return "\(units) are kept back for \(other), up to its minimum (min_units)"
    case .protectionUsedUp(let channel, let shared):
      return "\(channel) sells only its protected units, which are used up; \(shared) are in the shared pool"
    case .protected(let other, let units): return "\(units) are protected for \(other)"
    case .withheld(let node, .frozen(let rules), let units):
      return
        "\(units) more units, at any node, are not given to new orders while \(node) is frozen: \(rules.asFallbackRules)"
    case .withheld(let node, let why, let units): return why.words(node, "\(units) at \(node)")
    case .oversold(let units): return "\(units) more units are reserved than exist"
    case .elsewhere(let units): return "\(units) are in other regions, for orders there"
    case .allClaimed(let onHand): return onHand > 0 ? "all \(onHand) on hand are taken" : "none is on hand"
    case .lost(let what, _): return "it \(what)"
    case .backorder(let channel, let obstacle): return obstacle.words(channel)
    }
  }

  /// The same without figures that every sale and delivery changes: what a case says, which is written anew whenever its
  /// words change.
  var summary: String {
    switch self {
    case .protectionUsedUp(let channel, _): "\(channel) sells only its protected units, which are used up"
    case .keptMinimum(let other, _): "the rest is kept back for \(other), up to its minimum (min_units)"
    case .protected(let other, _): "the rest is protected for \(other)"
    case .withheld(let node, .frozen(let rules), _):
      "other stock, at any node, is not given to new orders while \(node) is frozen: \(rules.asFallbackRules)"
    case .withheld(let node, let why, _): why.words(node, "what is at \(node)")
    case .shares(let channel, let has, let part) where has < part:
      "its tier shares stock by weight, and others have the share of \(channel)"
    case .oversold: "more units are reserved than exist"
    case .elsewhere: "there is more in other regions, for orders there"
    case .allClaimed(let onHand): onHand > 0 ? "everything on hand is taken" : "none is on hand"
    default: words
    }
  }
}

extension Obstacle.Withholding {
  fileprivate func words(_ node: NodeID, _ what: String) -> String {
    switch self {
    case .fallback(let rules, .none): "\(what) does not count: \(rules.asFallbackRules)"
    case .fallback(let rules, let share):
      "\(what) does not count, because only \(share) of that stock does: \(rules.asFallbackRules)"
    case .frozen(let rules): "no new order gets stock while \(node) is frozen: \(rules.asFallbackRules)"
    case .closed: "\(what) cannot be promised: the node is not active"
    case .noNode: "\(what) cannot be promised: there is no Node '\(node)'"
    case .safetyStock: "\(what) is safety stock"
    case .unreachable(let channel, let why): "\(what) cannot leave for orders of \(channel): \(why.words)"
    }
  }
}

extension ReachObstacle {
  fileprivate var words: String {
    switch self {
    case .noLane: "no lane leads from there"
    case .stores: "stores are not used for them"
    case .services: "no lane from there is of a service that is used for them"
    }
  }
}

extension [String] {
  /// As resources of the policy.
  var asFallbackRules: String { map { "FallbackRule/\($0)" }.joined(separator: ", ") }
}

extension OrderStage {
  /// When orders claim that claim at this point.
  fileprivate var beginning: String {
    switch self {
    case .cart: "as carts"
    case .order: "once they are placed"
    case .paymentAuthorized: "once their payment is authorized"
    case .paymentCaptured: "once their payment is captured"
    case .warehouseRelease: "once they are released to the warehouse"
    }
  }

  /// What an order is that has come so far and no farther.
  fileprivate var state: String {
    switch self {
    case .cart: "is a cart"
    case .order: "is not paid yet"
    case .paymentAuthorized: "is only authorized for payment"
    case .paymentCaptured: "is paid but not released yet"
    case .warehouseRelease: "is released"
    }
  }
}

extension BackorderObstacle {
  fileprivate func words(_ channel: ChannelID) -> String {
    switch self {
    case .noGoods: "no purchase order or transfer is due to bring any"
    case .notAccepted: "orders of \(channel) may not wait for inbound goods"
    case .maxUnits(let units): "no more than \(units) units may be on backorder"
    case .late(let goods, let horizon): "\(goods) arrives later than \(horizon) from now"
    case .doubted(let supplier, let rate, let minimum):
      "the confidence of \(supplier) is \(rate), but \(minimum) is required"
    case .untrusted(let supplier): "\(supplier) is not trusted yet"
    case .nothingCounts(let goods, let rules):
      "\(goods) cannot be counted on" + (rules.isEmpty ? "" : ": \(rules.asFallbackRules)")
    case .pastDue(let goods, let limit): "\(goods) is more than \(limit) late and no longer counts"
    case .unknown(let goods, isSupplier: true):
      "\(goods) cannot be counted on: there is no Supplier named '\(goods.supplier?.rawValue ?? "")'"
    case .unknown(let goods, isSupplier: false):
      "\(goods) cannot be counted on: there is no Node named '\(goods.node)'"
    case .unreachable(let goods, let node): "\(goods) is due at \(node), from which nothing ships"
    case .taken(let goods): "others already wait for all of \(goods) that can be counted on"
    case .kept(let goods, let channels):
      "what is left of \(goods) is reserved for "
        + channels.map(\.rawValue).joined(separator: " and ")
    case .notKept(let goods): "\(channel) can have only what is reserved for it, which none of \(goods) is"
    case .transfer(let goods): "orders of \(channel) may not wait for \(goods), a transfer from another node"
    }
  }
}

extension BackorderObstacle.Goods: CustomStringConvertible {
  public var description: String { pool.goodsName }
}
