/// Why a text is not the JSON that Purser accepts, and at which byte.
public struct JSONProblem: Error, Hashable, Sendable {
  public let message: String
  /// Offset in UTF-8 bytes from the start of the text.
  public let offset: Int
}

extension JSONValue {
  /// Levels that a text may be nested.
  static let depthLimit = 64

  /// Parses JSON (RFC 8259), stricter where readers differ: duplicate keys, invalid UTF-8, lone surrogates, numbers
  /// with an exponent or outside 64 bits, and nesting deeper than 64 are refused.
  public static func parse(_ bytes: [UInt8]) throws(JSONProblem) -> JSONValue {
    var parser = Parser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.index == bytes.count else { throw parser.problem("text after the end of the value") }
    return value
  }

  public static func parse(_ text: String) throws(JSONProblem) -> JSONValue { try parse(Array(text.utf8)) }
}

private struct Parser {
  let bytes: [UInt8]
  var index = 0

  func problem(_ message: String) -> JSONProblem { JSONProblem(message: message, offset: index) }

  var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  mutating func value(depth: Int) throws(JSONProblem) -> JSONValue {
    guard depth <= JSONValue.depthLimit else {
      throw problem("nested deeper than \(JSONValue.depthLimit) levels")
    }
    skipSpace()
    switch current {
    case nil: throw problem("the text ends where a value is expected")
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
    let expected = Array("\(text)".utf8)
    guard bytes[index...].starts(with: expected) else { throw problem("not a JSON value") }
    index += expected.count
    return value
  }

  mutating func number() throws(JSONProblem) -> JSONValue {
    let start = index
    if current == UInt8(ascii: "-") { index += 1 }
    let digits = index
    while let byte = current, isDigit(byte) { index += 1 }
    guard index > digits, index - digits == 1 || bytes[digits] != 0x30 else {
      index = start
      let hasDigits = digits < bytes.count && isDigit(bytes[digits])
      throw problem(hasDigits ? "a number with a leading zero" : "not a JSON value")
    }
    if current == UInt8(ascii: ".") {
      index += 1
      let decimals = index
      while let byte = current, isDigit(byte) { index += 1 }
      guard index > decimals else { throw problem("a number without digits after the point") }
      guard index - start <= 40 else { throw problem("a number of more than 40 characters") }
      guard current != UInt8(ascii: "e"), current != UInt8(ascii: "E") else {
        throw problem("a number with an exponent")
      }
      return .decimal(String(decoding: bytes[start..<index], as: UTF8.self))
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") { throw problem("a number with an exponent") }
    guard let value = Int64(String(decoding: bytes[start..<index], as: UTF8.self)) else {
      index = start
      throw problem("a number outside 64 bits")
    }
    return .integer(value)
  }

  mutating func array(depth: Int) throws(JSONProblem) -> JSONValue {
    index += 1
    var values: [JSONValue] = []
    skipSpace()
    if current == UInt8(ascii: "]") {
      index += 1
      return .array([])
    }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      switch current {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "]"):
        index += 1
        return .array(values)
      default: throw problem("expected ',' or ']'")
      }
    }
  }

  mutating func object(depth: Int) throws(JSONProblem) -> JSONValue {
    index += 1
    var members: [String: JSONValue] = [:]
    skipSpace()
    if current == UInt8(ascii: "}") {
      index += 1
      return .object([:])
    }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw problem("expected a key in quotes") }
      let start = index
      let key = try string()
      guard members[key] == nil else {
        index = start
        throw problem("the key \"\(key)\" stands twice")
      }
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw problem("expected ':'") }
      index += 1
      members[key] = try value(depth: depth + 1)
      skipSpace()
      switch current {
      case UInt8(ascii: ","): index += 1
      case UInt8(ascii: "}"):
        index += 1
        return .object(members)
      default: throw problem("expected ',' or '}'")
      }
    }
  }

  mutating func string() throws(JSONProblem) -> String {
    index += 1
    // What stands before `start` and had to be changed; most strings hold no escape and are taken as they stand.
    var content: [UInt8] = []
    var start = index
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        let rest = bytes[start..<index]
        index += 1
        guard let text = String(validating: content.isEmpty ? rest : (content + rest)[...], as: UTF8.self) else {
          throw problem("text that is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"):
        content += bytes[start..<index]
        index += 1
        try escape(into: &content)
        start = index
      case 0..<0x20: throw problem("a control character inside a string")
      default: index += 1
      }
    }
    throw problem("the text ends inside a string")
  }

  mutating func escape(into content: inout [UInt8]) throws(JSONProblem) {
    guard let byte = current else { throw problem("the text ends inside a string") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(8)
    case UInt8(ascii: "f"): content.append(12)
    case UInt8(ascii: "n"): content.append(10)
    case UInt8(ascii: "r"): content.append(13)
    case UInt8(ascii: "t"): content.append(9)
    case UInt8(ascii: "u"):
      var code = try hexUnit()
      if (0xD800..<0xDC00).contains(code), bytes[index...].starts(with: Array("\\u".utf8)) {
        index += 2
        let low = try hexUnit()
        guard (0xDC00..<0xE000).contains(low) else { throw problem("half of a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw problem("half of a surrogate pair") }
      content += String(Character(scalar)).utf8
    default: throw problem("an unknown escape")
    }
  }

  mutating func hexUnit() throws(JSONProblem) -> UInt32 {
    let digits = bytes[index...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw problem("an escape without four hexadecimal digits") }
    index += 4
    return value
  }
}
