public import Operations

/// Traits as a store writes them. Their canonical text is also what tells them apart: byte by byte, where `==` on
/// strings would take two encodings of "é" for one.
extension ItemTraits {
  public var json: JSONValue {
    var members: [String: JSONValue] = ["attributes": .object(attributes.mapValues { .string($0) })]
    if let productClass { members["class"] = .string(productClass) }
    return .object(members)
  }

  public init(json: JSONValue) {
    self.init(
      productClass: json["class"]?.string, attributes: (json["attributes"]?.object ?? [:]).compactMapValues(\.string))
  }
}
