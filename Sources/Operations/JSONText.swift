/// The canonical text of a JSON value, and where its parts stand in it: for whoever passes over many values and asks each
/// for a few of its parts.
///
/// It says what the `JSONValue` of the same text says; nothing is copied but what is asked for.
public struct JSONText: Sendable {
  private let document: JSONDocument
  /// The place of the value in the document.
  private let place: Int

  /// The lines of a text of which each is the canonical text of one value and ends with a line feed; nil for any other
  /// text, and for one that is too long to say the places in it in 32 bits.
  public static func lines(_ text: [UInt8]) -> [JSONText]? {
    guard text.count < UInt32.max, text.isEmpty || text.last == lineFeed else { return nil }
    let parts = text.withUnsafeBufferPointer { bytes -> (nodes: [Node], lines: [Int])? in
      var scanner = Scanner(bytes: bytes)
      var lines: [Int] = []
      while scanner.index < bytes.count {
        lines.append(scanner.nodes.count)
        guard scanner.line() else { return nil }
      }
      return (scanner.nodes, lines)
    }
    guard let parts else { return nil }
    let document = JSONDocument(bytes: text, nodes: parts.nodes)
    return parts.lines.map { JSONText(document: document, place: $0) }
  }

  /// The canonical text of a value; nil for one that no parser takes, such as one that is nested too deep.
  public init?(_ value: JSONValue) {
    guard let line = Self.lines(value.canonicalBytes + [lineFeed])?.first else { return nil }
    self = line
  }

  public static let null = JSONText(
    document: JSONDocument(bytes: Array("null".utf8), nodes: [Node(.null, from: 0, to: 4)]), place: 0)

  private init(document: JSONDocument, place: Int) { (self.document, self.place) = (document, place) }

  /// The bytes of the text, in UTF-8.
  public var bytes: ArraySlice<UInt8> { document.bytes[node.start..<node.end] }

  public var value: JSONValue {
    // What was scanned is canonical, so that it can be parsed.
    (try? JSONValue.parse(Array(bytes))) ?? .null
  }

  public var isNull: Bool { node.kind == .null }

  public var integer: Int64? {
    guard node.kind == .number else { return nil }
    return document.bytes.withUnsafeBufferPointer { Self.integer(UnsafeBufferPointer(rebasing: $0[node.range])) }
  }

  public var string: String? {
    switch node.kind {
    case .string: String(decoding: document.bytes[(node.start + 1)..<(node.end - 1)], as: UTF8.self)
    case .escapedString: value.string
    default: nil
    }
  }

  public var array: [JSONText]? { node.kind == .array ? children : nil }

  /// The values of an object, in the byte order of its keys.
  public var members: [(key: String, value: JSONText)]? {
    guard node.kind == .object else { return nil }
    return children.map { child in
      let key = child.node.key
      let text = document.bytes[key]
      // Only an escape makes the text of a string differ from the string.
      guard text.contains(backslash) else { return (String(decoding: text, as: UTF8.self), child) }
      let quoted = document.bytes[(key.lowerBound - 1)...key.upperBound]
      return ((try? JSONValue.parse(Array(quoted)))?.string ?? "", child)
    }
  }

  /// A value of an object.
  /// - Parameter key: one whose text has no escapes.
  public subscript(key: StaticString) -> JSONText? {
    guard node.kind == .object else { return nil }
    return key.withUTF8Buffer { key in
      document.bytes.withUnsafeBufferPointer { bytes in
        var place = place + 1
        let end = node.next
        while place < end {
          let child = document.nodes[place]
          let length = child.key.count
          if length == key.count {
            let start = child.key.lowerBound
            var index = 0
            while index < length, bytes[start + index] == key[index] { index += 1 }
            if index == length { return JSONText(document: document, place: place) }
          }
          place = child.next
        }
        return nil
      }
    }
  }

  private var node: Node { document.nodes[place] }

  private var children: [JSONText] {
    var children: [JSONText] = []
    var place = place + 1
    let end = node.next
    while place < end {
      children.append(JSONText(document: document, place: place))
      place = document.nodes[place].next
    }
    return children
  }

  /// Nil for what has decimals.
  private static func integer(_ digits: UnsafeBufferPointer<UInt8>) -> Int64? {
    let isNegative = digits.first == UInt8(ascii: "-")
    guard digits.count <= Scanner.digitLimit else { return Int64(String(decoding: digits, as: UTF8.self)) }
    var value: Int64 = 0
    for digit in digits.dropFirst(isNegative ? 1 : 0) {
      guard isDigit(digit) else { return nil }
      value = value * 10 + Int64(digit - 0x30)
    }
    return isNegative ? -value : value
  }
}

extension JSONText: Equatable {
  /// Equal values have equal canonical texts, byte for byte.
  public static func == (left: JSONText, right: JSONText) -> Bool { left.bytes == right.bytes }
}

private let lineFeed = UInt8(ascii: "\n")
private let backslash = UInt8(ascii: "\\")
private let quote = UInt8(ascii: "\"")

/// A text and the places of all values in it, each before its parts.
private final class JSONDocument: Sendable {
  let bytes: [UInt8]
  let nodes: [Node]

  init(bytes: [UInt8], nodes: [Node]) {
    self.bytes = bytes
    self.nodes = nodes
  }
}

/// One value of a text.
private struct Node {
  enum Kind: UInt8 { case null, bool, number, string, escapedString, array, object }

  private let first: UInt32
  private var last: UInt32 = 0
  private var after: UInt32 = 0
  private let keyFirst: UInt32
  private let keyLast: UInt32
  var kind: Kind

  init(_ kind: Kind, at start: Int, key: Range<Int>) {
    self.kind = kind
    first = UInt32(start)
    (keyFirst, keyLast) = (UInt32(key.lowerBound), UInt32(key.upperBound))
  }

  /// A value that is alone in its text.
  init(_ kind: Kind, from start: Int, to end: Int) {
    self.init(kind, at: start, key: 0..<0)
    close(at: end, next: 1)
  }

  /// The bytes of it: from `start` until before `end`.
  var start: Int { Int(first) }
  var end: Int { Int(last) }
  var range: Range<Int> { start..<end }
  /// The bytes of its key, without the quotes; empty outside of an object.
  var key: Range<Int> { Int(keyFirst)..<Int(keyLast) }
  /// The place after it and all its parts.
  var next: Int { Int(after) }

  mutating func close(at end: Int, next: Int) { (last, after) = (UInt32(end), UInt32(next)) }
}

/// Finds the values of lines and refuses what is not canonical. Every line ends with a line feed, which no value holds, so
/// that nothing is read past the end.
private struct Scanner {
  /// Digits and sign of a number that is in 64 bits for certain.
  static let digitLimit = 18

  let bytes: UnsafeBufferPointer<UInt8>
  var index = 0
  var nodes: [Node] = []
  /// Whether the line so far has nothing that has to be looked at more closely: escapes, long numbers and decimals, and
  /// what is not ASCII. The parser decides about a line that has.
  private var isPlain = true

  init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    nodes.reserveCapacity(bytes.count / 16)
  }

  mutating func line() -> Bool {
    let start = index
    isPlain = true
    guard value(key: 0..<0, depth: 0), bytes[index] == lineFeed else { return false }
    let line = start..<index
    index += 1
    if isPlain { return true }
    let text = Array(bytes[line])
    return (try? JSONValue.parse(text))?.canonicalBytes == text
  }

  private mutating func value(key: Range<Int>, depth: Int) -> Bool {
    guard depth <= JSONValue.depthLimit else { return false }
    let place = nodes.count
    let byte = bytes[index]
    nodes.append(Node(Self.kind(of: byte), at: index, key: key))
    switch byte {
    case UInt8(ascii: "{"): guard object(depth: depth) else { return false }
    case UInt8(ascii: "["): guard array(depth: depth) else { return false }
    case quote:
      guard let hasEscape = string() else { return false }
      if hasEscape { nodes[place].kind = .escapedString }
    case UInt8(ascii: "t"): guard word("true") else { return false }
    case UInt8(ascii: "f"): guard word("false") else { return false }
    case UInt8(ascii: "n"): guard word("null") else { return false }
    default: guard number() else { return false }
    }
    nodes[place].close(at: index, next: nodes.count)
    return true
  }

  private static func kind(of byte: UInt8) -> Node.Kind {
    switch byte {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case quote: .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    case UInt8(ascii: "n"): .null
    default: .number
    }
  }

  private mutating func word(_ word: StaticString) -> Bool {
    word.withUTF8Buffer { word in
      for byte in word {
        guard bytes[index] == byte else { return false }
        index += 1
      }
      return true
    }
  }

  private mutating func number() -> Bool {
    let start = index
    if bytes[index] == UInt8(ascii: "-") { index += 1 }
    let digits = index
    while isDigit(bytes[index]) { index += 1 }
    let count = index - digits
    guard count > 0, bytes[digits] != 0x30 || count == 1 else { return false }
    if bytes[index] == UInt8(ascii: ".") {
      index += 1
      while isDigit(bytes[index]) { index += 1 }
      isPlain = false
    } else if index - start > Self.digitLimit || (digits > start && bytes[digits] == 0x30) {
      isPlain = false
    }
    return true
  }

  private mutating func array(depth: Int) -> Bool {
    index += 1
    if bytes[index] == UInt8(ascii: "]") {
      index += 1
      return true
    }
    while value(key: 0..<0, depth: depth + 1) {
      index += 1
      switch bytes[index - 1] {
      case UInt8(ascii: ","): continue
      case UInt8(ascii: "]"): return true
      default:
        index -= 1
        return false
      }
    }
    return false
  }

  private mutating func object(depth: Int) -> Bool {
    index += 1
    if bytes[index] == UInt8(ascii: "}") {
      index += 1
      return true
    }
    var last: Range<Int>?
    while bytes[index] == quote {
      let start = index + 1
      guard string() != nil else { return false }
      let key = start..<(index - 1)
      // The text of a key with an escape is in another order than the key: the parser knows.
      if isPlain, let last, !isAscending(last, key) { return false }
      last = key
      guard bytes[index] == UInt8(ascii: ":") else { return false }
      index += 1
      guard value(key: key, depth: depth + 1) else { return false }
      switch bytes[index] {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "}"):
        index += 1
        return true
      default: return false
      }
    }
    return false
  }

  private func isAscending(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    let common = min(left.count, right.count)
    var index = 0
    while index < common, bytes[left.lowerBound + index] == bytes[right.lowerBound + index] { index += 1 }
    return index < common
      ? bytes[left.lowerBound + index] < bytes[right.lowerBound + index] : left.count < right.count
  }

  /// - Returns: whether it has an escape; nil where it does not end.
  private mutating func string() -> Bool? {
    index += 1
    var hasEscape = false
    while true {
      let byte = bytes[index]
      switch byte {
      case quote:
        index += 1
        return hasEscape
      case 0..<0x20: return nil
      case backslash:
        (hasEscape, isPlain) = (true, false)
        index += 1
        if bytes[index] != lineFeed { index += 1 }
      default:
        if byte >= 0x80 { isPlain = false }
        index += 1
      }
    }
  }
}
