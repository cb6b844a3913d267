import Operations

// What was routed, as actions among those of the items.
extension OrderRouter {
  /// Actions that stand in place of others, which begin at a place.
  private struct Edit {
    var place: Int
    var removed: Int
    var inserted: [Action]
  }

  mutating func apply(to actions: inout [Action]) {
    var edits: [Edit] = []
    var added: [Int: [Action]] = [:]
    for (claim, parts) in zip(unrouted.claims, assigned) {
      switch claim.source {
      case .held(let held):
        added[claim.item, default: []] += moves(of: held, claim.units, parts).map {
          .moveClaim(snapshot.items.sku[claim.item], $0)
        }
      case .planned(let place):
        if !parts.isEmpty { edits.append(Edit(place: place, removed: 1, inserted: split(actions[place], parts))) }
      }
    }
    let told = addPromises(&added)
    addCases(&added)
    let late = addLateParcels(&added)
    if !told.lines.isEmpty || !late.isEmpty {
      // What other stages promised is what they expected before they knew the way.
      for (place, action) in actions.enumerated() {
        switch action {
        case .promise(_, let promise, _) where told.lines.contains(.init(promise.order, promise.line)): break
        case .openCase(_, let one) where one.kind == .promiseBroken && told.moved.contains(one.subject): break
        case .closeCase(_, let one) where one.kind == .promiseBroken && told.moved.contains(one.subject): break
        case .openCase(_, let one) where one.kind == .promiseAtRisk && late.contains(one.subject): break
        case .closeCase(_, let one) where one.kind == .promiseAtRisk && late.contains(one.subject): break
        default: continue
        }
        edits.append(Edit(place: place, removed: 1, inserted: []))
      }
    }
    for (item, own) in added.sorted(by: { $0.key < $1.key }) where !own.isEmpty {
      edits.append(Edit(place: unrouted.ends[item], removed: 0, inserted: own))
    }
    insert(edits, into: &actions)
    actions += decisions.map { .route($0.0, $0.1) }
  }

  /// What was made of one claim: each part onto its node, and what stays behind off the node that it cannot leave.
  private func moves(of held: HeldClaim, _ units: Quantity, _ parts: [Part]) -> [ClaimMove] {
    let rest = units - parts.reduce(0) { $0 + $1.units }
    let moves = parts.map { ClaimMove(held, quantity: $0.units, to: held.pool, at: $0.node, by: $0.service) }
    guard held.node != nil, rest > 0 else { return moves }
    return moves + [ClaimMove(held, quantity: rest, to: held.pool, at: nil)]
  }

  /// A claim that this plan makes, or moves, in parts.
  private func split(_ action: Action, _ parts: [Part]) -> [Action] {
    func part(_ units: Quantity, _ place: Part?) -> Action {
      switch action {
      case .claim(let sku, var claim):
        (claim.quantity, claim.node, claim.service) = (units, place?.node, place?.service)
        return .claim(sku, claim)
      case .moveClaim(let sku, var move):
        (move.quantity, move.node, move.service) = (units, place?.node, place?.service)
        return .moveClaim(sku, move)
      default: return action
      }
    }
    let whole =
      switch action {
      case .claim(_, let claim): claim.quantity
      case .moveClaim(_, let move): move.quantity
      default: Quantity(0)
      }
    let rest = whole - parts.reduce(0) { $0 + $1.units }
    return parts.map { part($0.units, $0) } + (rest > 0 ? [part(rest, nil)] : [])
  }

  /// Tells when lines arrive of which every unit is on a node now.
  /// - Returns: the lines, and of those the subjects whose promise becomes another.
  private func addPromises(_ added: inout [Int: [Action]]) -> (lines: Set<LineName>, moved: Set<String>) {
    var told = (lines: Set<LineName>(), moved: Set<String>())
    for order in orders {
      let arrivals = Arrivals(order)
      for line in order.lines where line.rest == 0 && !unrouted.partial.contains(line.name) {
        guard let arrivesAt = line.arrivesAt else { continue }
        told.lines.insert(line.name)
        // Of units whose parcels are not known, that they arrive when the customer was told.
        let at = arrivals.last(of: line) ?? max(arrivesAt, line.promisedAt ?? arrivesAt)
        guard at != line.promisedAt else { continue }
        told.moved.insert("\(line.name.order)/\(line.name.line)")
        added[line.item, default: []] += promise(line, for: at, of: order)
      }
    }
    return told
  }

  /// Opens and rewords the cases of promises that do not hold whatever becomes of the units that wait for a node, because
  /// others of the line arrive later.
  /// - Returns: their subjects.
  private func addLateParcels(_ added: inout [Int: [Action]]) -> Set<String> {
    var subjects = Set<String>()
    for order in orders {
      let arrivals = Arrivals(order)
      for line in order.lines where line.rest > 0 && !unrouted.partial.contains(line.name) {
        var told = told(line, of: order)
        told.at = line.toldAt
        guard let promised = told.at, promised > hour, let arrival = arrivals.last(of: line),
          told.day(arrival) > told.day(promised)
        else { continue }
        let subject = "\(line.name.order)/\(line.name.line)"
        let late = told.trouble(
          subject, at: hour, "a part arrives \(told.day(arrival)), and \(line.rest) units have no way yet")
        subjects.insert(subject)
        guard late != openCase(.promiseAtRisk, subject, of: line) else { continue }
        added[line.item, default: []].append(.openCase(snapshot.items.sku[line.item], late))
      }
    }
    return subjects
  }

  private func told(_ line: WaitingOrder.Line, of order: WaitingOrder) -> ToldPromise {
    let promising = policy.channels.firstIndex(of: order.facts.channel).flatMap { unrouted.promising[line.item]?[$0] }
    return ToldPromise(at: line.promisedAt, first: line.firstPromisedAt, policy: promising ?? PromisePolicy())
  }

  private func openCase(_ kind: Case.Kind, _ subject: String, of line: WaitingOrder.Line) -> Case? {
    (snapshot.cases[Int32(caseItem(line.item))] ?? []).first {
      $0.kind == kind && $0.subject.isBytewiseEqual(to: subject)
    }
  }

  /// A promise of which the way is known, and its cases: one that was broken may hold now, or be later than may be. They
  /// stand in place of what the item's own plan says of what was told before.
  private func promise(_ line: WaitingOrder.Line, for at: Instant, of waiting: WaitingOrder) -> [Action] {
    var told = told(line, of: waiting)
    let sku = snapshot.items.sku[line.item]
    let (order, name) = (line.name.order, line.name.line.rawValue)
    let subject = "\(order)/\(name)"
    let promise = told.moved(to: at, order: order, line: name, told.notice(routed: at))
    let isFirst = told.first == nil
    told.at = at
    if isFirst { told.first = at }
    var cases: [Action] = []
    let open = openCase(.promiseBroken, subject, of: line)
    let broken = told.broken(subject, at: hour)
    if let broken, broken != open { cases.append(.openCase(sku, broken)) }
    if broken == nil, let open { cases.append(.closeCase(sku, open)) }
    let limit = waiting.profile.deliverWithin
    if isFirst, let late = told.late(subject, placedAt: waiting.facts.placedAt, within: limit) {
      cases.append(.openCase(sku, late))
    }
    return [.promise(sku, promise, was: line.promisedAt)] + cases
  }

  private func insert(_ edits: [Edit], into actions: inout [Action]) {
    guard !edits.isEmpty else { return }
    var result: [Action] = []
    result.reserveCapacity(actions.count + edits.reduce(0) { $0 + $1.inserted.count })
    var next = 0
    // What is added at the end of an item stands before what replaces the first action of the next.
    // Items without actions of their own end where the one before them does, and keep their order.
    let order = edits.indices.sorted {
      (edits[$0].place, edits[$0].removed, $0) < (edits[$1].place, edits[$1].removed, $1)
    }
    for edit in order.map({ edits[$0] }) {
      result += actions[next..<edit.place]
      result += edit.inserted
      next = edit.place + edit.removed
    }
    result += actions[next...]
    actions = result
  }
}
