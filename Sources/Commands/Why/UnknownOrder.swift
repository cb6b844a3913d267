import ActualState
import Diagnostics
import Operations

/// What to say of an order that a store does not know: what else has that name, what is meant perhaps, or what it waits for.
struct UnknownOrder {
  let diagnostic: Diagnostic

  /// Ids are compared one by one: of more than this many it would take a while.
  private static let comparedIDs = 50_000

  init(_ id: OrderID, _ store: some Store) throws {
    let name = id.rawValue
    let (what, list) =
      id.isCart ? ("cart", "") : ("order", "`purser get orders -o name` lists the orders in the store")
    let near = try Self.near(id, store)
    let other = try Self.otherThing(name, store) ?? Self.waiting(name, store)
    let hint =
      id.isCart
      ? near ?? "a cart is known after its first cart.updated" : (near.map { $0 + " " } ?? "") + list
    diagnostic = Diagnostic("why.unknown_order", "there is no \(what) '\(name)'", hint: other ?? hint)
  }

  /// What else is called so.
  private static func otherThing(_ name: String, _ store: some Store) throws -> String? {
    if let slash = name.lastIndex(of: "/") {
      let (order, line) = (OrderID(String(name[..<slash])), String(name[name.index(after: slash)...]))
      if try store.line(order, line) != nil {
        return "that is line \(line) of the order '\(order)': `purser why order \(order)`"
      }
    }
    if try store.order(OrderID(cart: name)) != nil { return "that is a cart: `purser why order cart:\(name)`" }
    if name.hasPrefix("cart:"), try store.order(OrderID(String(name.dropFirst("cart:".count)))) != nil {
      let order = name.dropFirst("cart:".count)
      return "that is an order, not a cart: `purser why order \(order)`"
    }
    if try store.hasPurchaseOrder(PurchaseOrderID(name)) {
      return "that is a purchase order: `purser get backorders` says which orders wait for it"
    }
    if try store.item(SKU(name)) != nil {
      return "that is an item: `purser get availability --sku \(name)` shows how much of it can be sold"
    }
    if try store.hasTransfer(TransferID(name)) {
      return "that is a transfer between nodes: `purser get backorders` says which orders wait for it"
    }
    return nil
  }

  /// What the order's own event waits for.
  private static func waiting(_ name: String, _ store: some Store) throws -> String? {
    var found: String?
    try store.eachWaiting { event, state in
      guard found == nil, event.data["order"]?.string?.isBytewiseEqual(to: name) ?? false else { return }
      switch state {
      case .waiting(let what): found = "its \(event.type), \(event.name), is waiting for \(what): `purser get events`"
      case .refused(let reason): found = "its \(event.type), \(event.name), was refused: \(reason)"
      case .applied: break
      }
    }
    return found
  }

  private static func near(_ id: OrderID, _ store: some Store) throws -> String? {
    var names: [String] = []
    try store.eachOrder { row in
      if row.order.isCart == id.isCart, names.count <= comparedIDs { names.append(row.order.rawValue) }
    }
    return names.count > comparedIDs ? nil : didYouMean(id.rawValue, among: names)
  }
}
