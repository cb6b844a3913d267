public import Operations

// Routes and what they take of the nodes' work days.
extension InMemoryStore {
  public func reading<Result>(_ body: () throws -> Result) throws -> Result { try body() }

  public func routes(of order: OrderID) throws -> [RouteRow] { state.routes[order] ?? [] }

  public func append(_ route: RouteRow) throws {
    let known = state.routes[route.order] ?? []
    try check(route.number == Int64(known.count) + 1 ? nil : "a route has a number out of turn")
    write(\.routes, route.order, known + [route])
  }

  public func eachRoute(_ body: (RouteRow) throws -> Void) throws {
    for (_, routes) in state.routes.sorted(by: { $0.key < $1.key }) { for route in routes { try body(route) } }
  }

  public func add(_ load: NodeLoad) throws {
    name(load.node)
    let key = LoadKey(load.node, load.day)
    if load.units < 0, state.loads[key] == nil { return }
    var sum = state.loads[key] ?? NodeLoad(node: load.node, day: load.day, units: 0)
    sum.units += load.units
    try check(sum.units < 0 ? "a node's load is below 0" : nil)
    write(\.loads, key, sum)
  }

  public func forgetLoads(before day: LocalDate) throws {
    for key in state.loads.keys where key.second < day { write(\.loads, key, nil) }
  }

  public func eachLoad(_ body: (NodeLoad) throws -> Void) throws {
    for (_, load) in state.loads.sorted(by: { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }) {
      try body(load)
    }
  }

  public func companions() throws -> [SKU] {
    var orders = Set<OrderID>()
    for sku in state.dirty {
      guard let shelf = state.shelves[sku] else { continue }
      for claim in shelf.claims.values {
        if let node = claim.node {
          guard let position = shelf.positions[node], position.allocated > position.sellable else { continue }
        } else if claim.expiresAt != nil {
          continue
        }
        orders.insert(claim.order)
      }
      for key in shelf.openLines.keys where !key.first.isCart { orders.insert(key.first) }
    }
    let skus = orders.flatMap { state.lines[$0]?.values.filter { $0.claimed > 0 }.map(\.sku) ?? [] }
    return Set(skus).filter { !state.dirty.contains($0) && state.shelves[$0]?.item != nil }.sorted()
  }

  public func promises(of order: OrderID, _ line: String) throws -> [PromiseRow] {
    state.promises[LineKey(order, Name(line))] ?? []
  }

  public func append(_ promise: PromiseRow) throws {
    let key = LineKey(promise.order, Name(promise.line))
    let known = state.promises[key] ?? []
    try check(promise.number == Int64(known.count) + 1 ? nil : "a promise has a number out of turn")
    write(\.promises, key, known + [promise])
  }

  public func eachPromise(_ body: (PromiseRow) throws -> Void) throws {
    for (_, rows) in state.promises.sorted(by: { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }) {
      for row in rows { try body(row) }
    }
  }
}
