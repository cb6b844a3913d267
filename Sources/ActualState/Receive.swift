public import Digest
import Operations

/// Which system alone may send an event type; types without an owner are accepted from any source.
public struct EventOwners: Hashable, Sendable {
  private let sourceOfType: [String: String]

  public init(_ sourceOfType: [String: String]) { self.sourceOfType = sourceOfType }

  /// The source that owns the type when `event` comes from another; nil when the event may come in.
  func owner(insteadOf event: Event) -> String? {
    sourceOfType[event.type].flatMap { $0.isBytewiseEqual(to: event.source) ? nil : $0 }
  }
}

/// What became of one event that was handed in.
public enum Receipt: Hashable, Sendable {
  case applied
  /// It was applied before; nothing was done again.
  case repeated
  /// Another event came in before under its source and id, and stays what counts: their content digests.
  case conflicting(kept: SHA256Digest, sent: SHA256Digest)
  case waiting(for: String)
  case refused(String)
}

extension Store {
  /// Takes in one event, exactly once for its (source, id). To be called inside a transaction.
  ///
  /// An event that names something unknown is kept and taken in when that arrives, so that the order in which systems
  /// deliver does not matter. An event that can never be applied is kept with its reason and changes nothing; sent
  /// again, it is tried again, since an owner or a catalogue may have been put right meanwhile.
  ///
  /// Source and id name an event (CloudEvents 1.0 §3.1): of two that say different things under one name the first
  /// counts, unless it was refused.
  /// - Parameter arrival: when it was handed in. An event far ahead of it was stamped by a clock that is wrong: a count
  ///   of next year would swallow every move until then. Nil: times are taken as they are.
  public func receive(_ event: Event, owners: EventOwners, arrival: Instant? = nil) throws -> Receipt {
    if let known = try self.event(event.source, event.id) {
      let sent = event.contentDigest
      switch known.state {
      case .applied, .waiting:
        if known.contentDigest != sent { return .conflicting(kept: known.contentDigest, sent: sent) }
        if known.state == .applied { return .repeated }
      case .refused: break
      }
    }
    let isAhead = arrival.map { event.time > $0 + Limits.clockAhead } ?? false
    let state =
      isAhead
      ? .refused("its time, \(event.time), is more than \(Limits.clockAhead) ahead of this machine's clock")
      : try take(event, owners: owners, arrival: arrival)
    try put(event, state)
    switch state {
    case .applied: return .applied
    case .waiting(let what): return .waiting(for: what)
    case .refused(let reason): return .refused(reason)
    }
  }

  private func take(_ event: Event, owners: EventOwners, arrival: Instant?) throws -> EventState {
    if let owner = owners.owner(insteadOf: event) {
      return .refused("only '\(owner)' may send \(event.type), not '\(event.source)'")
    }
    for (attribute, name) in [("source", event.source), ("id", event.id)] {
      if let wrong = name.nameProblem { return .refused("its \(attribute) \(wrong)") }
    }
    let fact: Fact
    do throws(FactProblem) { fact = try Fact(event) } catch { return .refused(error.reason) }
    let (state, arrived) = try take(fact, event, arrival: arrival)
    guard state == .applied else { return state }
    try hear(fact, event, arrival: arrival)
    if let arrived { try takeWaiting(for: arrived, owners: owners, arrival: arrival) }
    return state
  }

  /// Takes in what waited for something that has just arrived.
  private func takeWaiting(for what: String, owners: EventOwners, arrival: Instant?) throws {
    for event in try events(waitingFor: what) {
      let state = try take(event, owners: owners, arrival: arrival)
      // An event that it caused to be taken in may have taken this one in already.
      if try self.event(event.source, event.id)?.state != .applied { try put(event, state) }
    }
  }

  /// - Returns: what became of it, and the name under which other events may have waited for it.
  private func take(_ fact: Fact, _ event: Event, arrival: Instant?) throws -> (EventState, arrived: String?) {
    switch fact {
    case .item(let sku, let uom, let traits): (try upsert(sku, uom, traits, at: event.time), "sku:\(sku)")
    case .count(let sku, let node, let onHand, let asOf):
      (try count(sku, node, onHand: onHand, asOf: asOf, event), nil)
    case .adjustment(let sku, let node, let delta): (try adjust(sku, node, by: delta, event), nil)
    case .order(let order, let lines, let cart):
      (try place(order, lines, from: cart, event), "order:\(order.order)")
    case .stage(let order, let stage, let person): (try advance(order, to: stage, by: person, event), nil)
    case .cart(let cart, let lines): (try update(cart, lines, event), nil)
    case .cartEnd(let cart): (try abandon(cart, event), nil)
    case .cancellation(let order, let lines): (try cancel(order, lines, at: event.time), nil)
    case .shipment(let order, let node, let lines): (try ship(order, from: node, lines, event), nil)
    case .purchaseOrder(let lines): try confirm(lines, event)
    case .purchaseOrderChange(let order, let lines): (try change(order, lines, at: event.time), nil)
    case .purchaseOrderCancellation(let order, let lines): (try cancel(order, lines, at: event.time), nil)
    case .receipt(let order, let lines): (try receive(order, lines, event), nil)
    case .shipNotice(let order, let id, let lines): (try announce(order, id, lines, at: event.time), nil)
    case .delivery(let row): (try record(row), nil)
    case .transfer(let transfer, let lines): (try dispatch(transfer, lines, event), "transfer:\(transfer)")
    case .transferReceipt(let transfer, let lines): (try receive(transfer, lines, event), nil)
    case .transferChange(let transfer, let eta): (try move(transfer, to: eta), nil)
    case .transferCancellation(let transfer, let goods, let lines): (try cancel(transfer, goods, lines, event), nil)
    case .listing(let sku, let seen): (try observe(sku, seen, arrival: arrival), nil)
    }
  }

  /// One of the items that are not in the catalogue yet; nil when all are. It is the middle one of them: whoever delivers
  /// a long list from its front or its back makes a waiting event look again only a few times.
  func unknownItem(among skus: [SKU]) throws -> SKU? {
    let unknown = try skus.filter { try item($0) == nil }
    return unknown.isEmpty ? nil : unknown[unknown.count / 2]
  }

  private func upsert(_ sku: SKU, _ uom: String, _ traits: ItemTraits, at time: Instant) throws -> EventState {
    let day = Int32(clamping: time.day)
    var row = try item(sku) ?? ItemRow(sku: sku, uom: uom, traits: traits, since: day)
    // Quantities are stored in it: a change would silently turn ten pieces into ten boxes.
    guard row.uom == uom else { return .refused("the unit of '\(sku)' is '\(row.uom)' and cannot change to '\(uom)'") }
    row.traits = traits
    row.since = row.since.map { min($0, day) }
    try touch(&row)
    return .applied
  }
}
