import DesiredState
import Operations

extension Obstacle {
  /// What it is, with the figures of the moment.
  public var words: String {
    switch self {
    case .unknownChannel(let channel): return "no Channel is named '\(channel)'"
    case .channelNotInEffect(let channel): return "Channel/\(channel) does not hold now: it sells nothing"
    case .unknownRegion(let destination): return "no Region serves '\(destination)'"
    case .stage(let channel, let wanted, let now):
      let state = wanted == .warehouseRelease ? "is not released yet" : now.state
      return "orders of \(channel) claim stock \(wanted.beginning), and this one \(state)"
    case .lapsed(_, let time):
      let ttl = time.map { " of \($0)" } ?? ""
      return "its hold\(ttl) ran out before it was paid: it claims stock again once it is"
    case .early(let channel, let shipOn, let from):
      return
        "it is to leave on \(shipOn), and orders of \(channel) claim stock some time before: this one from \(from)"
    case .cap(let channel, let use):
      let share = use.share.map { ", \($0) of what is available," } ?? ""
      return "the cap of \(channel)\(use.isOverall ? " over all regions" : "") is used up: \(use.used) of \(use.limit) "
        + "units\(share) within \(use.window)"
    case .maximum(let channel, let units, let isOverall):
      return "orders of \(channel) may hold no more than \(units) units at once" + (isOverall ? " in all regions" : "")
    case .shares(let channel, let has, let part):
      return has < part
        ? "its tier shares what there is by weight: \(channel) has \(has) of the \(part) that are its part, and others "
          + "have the rest" : "its tier shares what there is by weight, and \(channel) has its part"
    case .keptMinimum(let other, let units):
      return "\(units) are left for \(other), so that it has what it is to have at least (min_units)"
    case .protectionUsedUp(let channel, let shared):
      return "\(channel) sells only what is protected for it, and that is used up; \(shared) are in the shared pool"
    case .protected(let other, let units): return "\(units) are protected for \(other)"
    case .withheld(let node, .frozen(let rules), let units):
      return
        "\(units) more of it, wherever they lie, are given to nobody new while \(node) is frozen: \(rules.asFallbackRules)"
    case .withheld(let node, let why, let units): return why.words(node, "\(units) at \(node)")
    case .oversold(let units): return "\(units) more are reserved than there are"
    case .elsewhere(let units): return "\(units) lie in other regions, for orders there"
    case .allClaimed(let onHand): return onHand > 0 ? "no more of the \(onHand) on hand is free" : "none is on hand"
    case .lost(let what): return "it \(what)"
    case .backorder(let channel, let obstacle): return obstacle.words(channel)
    }
  }

  /// The same without figures that every sale and delivery changes: what a case says, which is written anew whenever its
  /// words change.
  var summary: String {
    switch self {
    case .protectionUsedUp(let channel, _): "\(channel) sells only what is protected for it, and that is used up"
    case .keptMinimum(let other, _):
      "the rest is left for \(other), so that it has what it is to have at least (min_units)"
    case .protected(let other, _): "the rest is protected for \(other)"
    case .withheld(let node, .frozen(let rules), _):
      "what there is more of it, wherever it lies, is given to nobody new while \(node) is frozen: \(rules.asFallbackRules)"
    case .withheld(let node, let why, _): why.words(node, "what is at \(node)")
    case .shares(let channel, let has, let part) where has < part:
      "its tier shares what there is by weight, and others have what would be the part of \(channel)"
    case .oversold: "more is reserved than there is"
    case .elsewhere: "more lies in other regions, for orders there"
    case .allClaimed(let onHand): onHand > 0 ? "no more of what is on hand is free" : "none is on hand"
    default: words
    }
  }
}

extension Obstacle.Withholding {
  fileprivate func words(_ node: NodeID, _ what: String) -> String {
    switch self {
    case .fallback(let rules, .none): "\(what) does not count: \(rules.asFallbackRules)"
    case .fallback(let rules, let share):
      "\(what) does not count, as \(share) of that stock does: \(rules.asFallbackRules)"
    case .frozen(let rules): "while \(node) is frozen nothing more is given to anybody: \(rules.asFallbackRules)"
    case .closed: "\(what) cannot be promised: the node is not active"
    case .noNode: "\(what) cannot be promised: no Node is named '\(node)'"
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
    case .paymentAuthorized: "has its payment authorized only"
    case .paymentCaptured: "is paid and not released yet"
    case .warehouseRelease: "is released"
    }
  }
}

extension BackorderObstacle {
  fileprivate func words(_ channel: ChannelID) -> String {
    switch self {
    case .noGoods: "no purchase order or transfer is to bring any"
    case .notAccepted: "orders of \(channel) may not wait for goods to come"
    case .maxUnits(let units): "no more than \(units) units may be on backorder"
    case .late(let goods, let horizon): "\(goods) comes later than \(horizon) from now"
    case .doubted(let supplier, let rate, let minimum):
      "the word of \(supplier) holds in \(rate), and \(minimum) is asked for"
    case .untrusted(let supplier): "\(supplier) has yet to earn trust"
    case .nothingCounts(let goods, let rules):
      "nothing of \(goods) can be counted on" + (rules.isEmpty ? "" : ": \(rules.asFallbackRules)")
    case .pastDue(let goods, let limit): "\(goods) is more than \(limit) late and counts as nothing"
    case .unknown(let goods, isSupplier: true):
      "nothing of \(goods) can be counted on: no Supplier is named '\(goods.supplier?.rawValue ?? "")'"
    case .unknown(let goods, isSupplier: false):
      "nothing of \(goods) can be counted on: no Node is named '\(goods.node)'"
    case .unreachable(let goods, let node): "\(goods) is to come to \(node), and nothing leaves from there"
    case .taken(let goods): "others have all that can be counted on of \(goods)"
    case .kept(let goods, let channels):
      "what can be counted on of \(goods) and nobody has is kept for "
        + channels.map(\.rawValue).joined(separator: " and ")
    case .notKept(let goods): "\(channel) may have only what is kept for it, and nothing of \(goods) is"
    case .transfer(let goods): "orders of \(channel) may not wait for \(goods), which another node sends"
    }
  }
}

extension BackorderObstacle.Goods: CustomStringConvertible {
  public var description: String { pool.goodsName }
}
