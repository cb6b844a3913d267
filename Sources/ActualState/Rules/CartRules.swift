import Operations

// Carts hold stock for a while where their channel reserves at the cart. They are kept as orders under a name that no
// order can have, so that everything that holds for claims holds for theirs.
extension Store {
  /// A cart as it is now: lines that are gone or smaller give back what they held, the others hold what the grants allow.
  /// What it holds already runs out when it would have: looking again at a cart does not keep stock from others.
  func update(_ cart: OrderRow, _ lines: [OrderLineRow], _ event: Event) throws -> EventState {
    let known = try order(cart.order)
    if known?.isLapsed == true { return .refused("the cart was already ordered or abandoned") }
    if let known, known.placedAt > cart.placedAt { return .applied }
    if let unknown = try unknownItem(among: lines.map(\.sku)) { return .waiting(for: "sku:\(unknown)") }
    let map = try regionMap()
    let isElsewhere = known.map { map.region(to: $0.region) != map.region(to: cart.region) } ?? false
    for line in try self.lines(of: cart.order) {
      let now = lines.first { $0.line.isBytewiseEqual(to: line.line) && $0.sku == line.sku }
      try shrink(line, to: known?.channel == cart.channel && !isElsewhere ? now?.ordered ?? 0 : 0)
    }
    try put(cart)
    let terms = try terms(of: cart.channel) ?? ChannelTerms()
    for wanted in lines {
      guard var item = try item(wanted.sku) else { continue }
      var line = wanted
      if let known = try self.line(cart.order, wanted.line), known.sku == wanted.sku { line.claimed = known.claimed }
      try claimAtOnce(&line, &item, cart, terms, at: event.time)
      try put(line)
      try touch(&item)
    }
    return .applied
  }

  /// A cart that is given up holds nothing any more, and whatever is told of it later changes nothing.
  func abandon(_ cart: OrderID, _ event: Event) throws -> EventState {
    for line in try lines(of: cart) { try shrink(line, to: 0) }
    try close(cart, channel: try order(cart)?.channel ?? "", at: event.time)
    return .applied
  }

  private func shrink(_ line: OrderLineRow, to ordered: Quantity) throws {
    guard ordered < line.ordered, var item = try item(line.sku) else { return }
    var line = line
    let toRelease = max(0, line.claimed - ordered)
    line.ordered = ordered
    line.claimed -= toRelease
    try put(line)
    guard toRelease > 0 else { return }
    try releaseNewest(toRelease, of: line, &item)
    try touch(&item)
  }

  /// Makes a cart's holds the claims of an order, as far as the order asks for the same items in the same region; the
  /// rest is released.
  func take(
    _ cart: OrderID, into order: OrderRow, _ lines: [OrderLineRow], _ terms: ChannelTerms, _ event: Event
  ) throws {
    guard let known = try self.order(cart), !known.isLapsed else {
      return try close(cart, channel: order.channel, at: event.time)
    }
    // A channel that reserves no sooner than at payment has no holds to hand on: they would be claims too early. What another
    // channel holds is not this one's, and nobody needs it any more.
    let mayKeep =
      known.channel == order.channel
      && terms.allow(order.stage, isLapsed: false, shipOn: order.shipOn, at: event.time)
    for held in mayKeep ? try self.lines(of: cart) : [] {
      for wanted in lines where wanted.sku == held.sku {
        try hand(held.line, of: cart, to: wanted, expiringAt: terms.expiry(of: order.stage, at: event.time))
      }
    }
    for line in try self.lines(of: cart) { try shrink(line, to: 0) }
    try close(cart, channel: order.channel, at: event.time)
  }

  private func hand(_ held: String, of cart: OrderID, to wanted: OrderLineRow, expiringAt: Instant?) throws {
    let region = try order(wanted.order).flatMap { try regionMap().region(to: $0.region) }
    for claim in try activeClaims(of: cart, held) where claim.region == region {
      guard var from = try line(cart, held), var to = try line(wanted.order, wanted.line) else { return }
      let units = min(claim.quantity, to.open)
      guard units > 0 else { return }
      from.claimed -= units
      from.ordered -= units
      to.claimed += units
      try put(from)
      try put(to)
      try split(claim, units) {
        $0.order = to.order
        $0.line = to.line
        $0.expiresAt = expiringAt
      }
    }
  }

  private func close(_ cart: OrderID, channel: ChannelID, at time: Instant) throws {
    var row = try order(cart) ?? OrderRow(order: cart, channel: channel, placedAt: time, region: "")
    row.stage = .cart
    row.isLapsed = true
    try put(row)
  }
}
