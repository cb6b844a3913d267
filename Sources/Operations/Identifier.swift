/// A name from outside that identifies one kind of thing.
///
/// Names compare and hash byte by byte, never by Unicode equivalence: "é" in two encodings is two names,
/// `c10` sorts before `c2`, and the order is the same on every machine.
public struct Identifier<Kind>: Sendable {
  public let rawValue: String

  public init(_ rawValue: String) { self.rawValue = rawValue }
}

public enum SKUKind {}
public enum NodeKind {}
public enum ChannelKind {}
public enum OrderKind {}
public enum PurchaseOrderKind {}
public enum SupplierKind {}
public enum TransferKind {}
public enum RegionKind {}

/// A stock-keeping unit: the item that is counted, sold and planned.
public typealias SKU = Identifier<SKUKind>
/// A place that holds stock: a distribution centre, a third-party site or a store.
public typealias NodeID = Identifier<NodeKind>
/// A way to sell: the own shop, a marketplace, wholesale, subscriptions, stores.
public typealias ChannelID = Identifier<ChannelKind>
public typealias OrderID = Identifier<OrderKind>
public typealias PurchaseOrderID = Identifier<PurchaseOrderKind>
/// Goods on their way from one node to another.
public typealias TransferID = Identifier<TransferKind>
public typealias SupplierID = Identifier<SupplierKind>
/// Nodes that together serve some destinations, and the stock that lies there.
public typealias RegionID = Identifier<RegionKind>

extension Identifier where Kind == RegionKind {
  /// The one region of a company that has named none. Where regions are named it stands for none of them.
  public static var everywhere: Self { Self("") }

  public var isEverywhere: Bool { rawValue.isEmpty }

  /// The name as JSON; null where no region is named.
  public var json: JSONValue { isEverywhere ? .null : .string(rawValue) }
}

extension Identifier: Hashable, Comparable {
  public static func == (left: Self, right: Self) -> Bool { left.rawValue.isBytewiseEqual(to: right.rawValue) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue.isBytewiseLess(than: right.rawValue) }

  public func hash(into hasher: inout Hasher) {
    var text = rawValue
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension Identifier: CustomStringConvertible, ExpressibleByStringLiteral {
  public var description: String { rawValue }
  public init(stringLiteral value: String) { self.init(value) }
}

extension String {
  public func isBytewiseEqual(to other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    return withBytes(other) { left, right in left.elementsEqual(right) }
  }

  public func isBytewiseLess(than other: String) -> Bool {
    withBytes(other) { left, right in
      let common = min(left.count, right.count)
      var index = 0
      while index < common, left[index] == right[index] { index += 1 }
      return index < common ? left[index] < right[index] : left.count < right.count
    }
  }

  /// The bytes of both, side by side: comparing through `utf8` decodes byte after byte and is ten times slower.
  private func withBytes<Result>(
    _ other: String, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    var (left, right) = (self, other)
    return left.withUTF8 { left in right.withUTF8 { right in body(left, right) } }
  }
}

extension OrderID {
  private static let cartPrefix = "cart:"

  /// The name under which a cart's holds are kept beside those of orders; no order may be called so.
  public init(cart: String) { self.init(Self.cartPrefix + cart) }

  public var isCart: Bool { rawValue.utf8.starts(with: Self.cartPrefix.utf8) }
}
