import Operations

/// What a routing instance says wrongly, and where.
struct RoutingInstanceError: Error, CustomStringConvertible {
  let description: String
}

/// A value of an instance and the path to it, so that what is missing or wrong can be named.
struct RoutingField {
  let value: JSONValue
  let path: String

  func wrong(_ problem: String) -> RoutingInstanceError { RoutingInstanceError(description: "\(path): \(problem)") }

  func field(_ key: String) throws -> RoutingField {
    guard value.object != nil else { throw wrong("an object is expected") }
    guard let found = value[key] else { throw wrong("'\(key)' is missing") }
    return RoutingField(value: found, path: "\(path).\(key)")
  }

  func optional(_ key: String) throws -> RoutingField? {
    guard value.object != nil else { throw wrong("an object is expected") }
    guard let found = value[key], found != .null else { return nil }
    return RoutingField(value: found, path: "\(path).\(key)")
  }

  var elements: [RoutingField] {
    get throws {
      guard let values = value.array else { throw wrong("a list is expected") }
      return values.enumerated().map { RoutingField(value: $1, path: "\(path)[\($0)]") }
    }
  }

  /// Members in byte order of their keys.
  var members: [(key: String, value: RoutingField)] {
    get throws {
      guard let object = value.object else { throw wrong("an object is expected") }
      return object.keys.sorted { $0.isBytewiseLess(than: $1) }.map { key in
        (key, RoutingField(value: object[key] ?? .null, path: "\(path).\(key)"))
      }
    }
  }

  var text: String {
    get throws {
      guard let text = value.string else { throw wrong("a text is expected") }
      return text
    }
  }

  var isTrue: Bool {
    get throws {
      guard let bool = value.bool else { throw wrong("true or false is expected") }
      return bool
    }
  }

  /// A whole number from 0 through `limit`.
  func number(atMost limit: Int64) throws -> Int64 {
    guard let number = value.integer, number >= 0, number <= limit else {
      throw wrong("a whole number from 0 through \(limit) is expected")
    }
    return number
  }

  var money: Int64 { get throws { try number(atMost: Limits.money) } }
  var quantity: Quantity { get throws { try number(atMost: Limits.quantity) } }
}
