import Operations

// What customers are told of lines whose way is known, and who is told where that may not be.
extension OrderRouter {
  /// What routing says instead of the stages that did not know the way.
  struct Concluded {
    /// Lines of which it knows when they come.
    var promises: Set<LineName> = []
    /// By subject: the kinds of cases that are its to open and close.
    var cases: [Identifier<CaseBook.SubjectKind>: Set<Case.Kind>] = [:]
    /// What is open, by the item that keeps it.
    fileprivate var open: [Int: CaseBook] = [:]

    /// Whether a case is one of those.
    func covers(_ one: Case) -> Bool { cases[Identifier(one.subject)]?.contains(one.kind) ?? false }
  }

  /// Tells when lines arrive of which every unit is on a node now, as far as that may be told without a person, and opens,
  /// rewords and closes the cases of promises that do not hold.
  func addPromises(_ added: inout [Int: [Action]]) -> Concluded {
    var concluded = Concluded()
    for item in Set(orders.lazy.flatMap(\.lines).map { caseItem($0.item) }) {
      concluded.open[item] = snapshot.cases[Int32(item)].map { CaseBook($0) }
    }
    for order in orders {
      for (line, arrival) in zip(order.lines, order.arrivals) {
        if unrouted.partial.contains(line.name) {
          addExpected(line, of: order, &added, &concluded)
        } else if line.rest > 0 {
          addWaiting(line, of: order, arrival, &added, &concluded)
        } else if let arrivesAt = line.arrivesAt {
          // Of units whose parcels are not known, that they arrive when the customer was told.
          let at = arrival ?? max(arrivesAt, line.promisedAt ?? arrivesAt)
          concluded.promises.insert(line.name)
          addRouted(line, of: order, at: at, &added, &concluded)
        }
      }
    }
    return concluded
  }

  /// A line that is on its way in full.
  private func addRouted(
    _ line: WaitingOrder.Line, of order: WaitingOrder, at arrival: Instant, _ added: inout [Int: [Action]],
    _ concluded: inout Concluded
  ) {
    var told = told(line, of: order)
    let (sku, subject, isFirst) = (snapshot.items.sku[line.item], subject(of: line), told.first == nil)
    if told.mayMove(to: arrival), arrival != line.promisedAt {
      let promise = told.moved(
        to: arrival, order: line.name.order, line: line.name.line.rawValue, told.notice(routed: arrival))
      added[line.item, default: []].append(.promise(sku, promise, was: line.promisedAt))
      told.at = arrival
      told.first = told.first ?? arrival
    }
    let trouble = told.standing(subject, at: hour, arrival: arrival)
    settle([.promiseAtRisk, .promiseBroken], [trouble].compactMap(\.self), line, &added, &concluded)
    let limit = order.profile.deliverWithin
    if isFirst, let late = told.late(subject, placedAt: order.facts.placedAt, within: limit) {
      added[line.item, default: []].append(.openCase(sku, late))
    }
  }

  /// A line of which units wait for a node: its promise does not hold, whatever becomes of them, where others of it arrive
  /// later.
  private func addWaiting(
    _ line: WaitingOrder.Line, of order: WaitingOrder, _ arrival: Instant?, _ added: inout [Int: [Action]],
    _ concluded: inout Concluded
  ) {
    var told = told(line, of: order)
    let broken = told.broken(subject(of: line), at: hour)
    told.at = line.toldAt
    var late: Case?
    if let promised = told.at, promised > hour, let arrival, told.day(arrival) > told.day(promised) {
      late = told.trouble(
        subject(of: line), at: hour, "a part arrives \(told.day(arrival)), and \(line.rest) units are not routed yet")
    }
    if line.isTakenOff {
      settle([.promiseAtRisk, .promiseBroken], [late, broken].compactMap(\.self), line, &added, &concluded)
    } else if let late {
      settle([.promiseAtRisk], [late], line, &added, &concluded)
    }
  }

  /// A line that waits for goods to come, and of which other units are on another way than before.
  private func addExpected(
    _ line: WaitingOrder.Line, of order: WaitingOrder, _ added: inout [Int: [Action]], _ concluded: inout Concluded
  ) {
    let name = line.name.line.rawValue
    guard let expected = unrouted.expected[line.name] else { return }
    let arrival = order.parcels.arrival(of: name, 0)
    guard arrival != snapshot.parcels[order.id]?.arrival(of: name, 0)
    else { return }
    let (promise, trouble) = expected.outcome(beside: arrival, at: hour)
    concluded.promises.insert(line.name)
    if let promise {
      added[line.item, default: []].append(.promise(snapshot.items.sku[line.item], promise, was: expected.told.at))
    }
    settle([.promiseAtRisk, .promiseBroken], [trouble].compactMap(\.self), line, &added, &concluded)
  }

  /// Has of some kinds of cases of a line these and no others.
  private func settle(
    _ kinds: Set<Case.Kind>, _ wanted: [Case], _ line: WaitingOrder.Line, _ added: inout [Int: [Action]],
    _ concluded: inout Concluded
  ) {
    let (sku, subject) = (snapshot.items.sku[line.item], subject(of: line))
    concluded.cases[Identifier(subject), default: []].formUnion(kinds)
    for kind in kinds.sorted(by: { $0.rawValue < $1.rawValue }) {
      let (open, one) = (concluded.open[caseItem(line.item)]?[kind, subject], wanted.first { $0.kind == kind })
      guard open != one else { continue }
      added[line.item, default: []].append(
        contentsOf: [one.map { .openCase(sku, $0) } ?? open.map { .closeCase(sku, $0) }].compactMap(\.self))
    }
  }

  private func subject(of line: WaitingOrder.Line) -> String { "\(line.name.order)/\(line.name.line)" }

  private func told(_ line: WaitingOrder.Line, of order: WaitingOrder) -> ToldPromise {
    let promising = policy.channels.firstIndex(of: order.facts.channel).flatMap { unrouted.promising[line.item]?[$0] }
    return ToldPromise(at: line.promisedAt, first: line.firstPromisedAt, policy: promising ?? PromisePolicy())
  }
}
