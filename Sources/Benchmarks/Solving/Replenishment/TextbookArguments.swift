/// Why there is no answer.
struct TextbookProblem: Error, CustomStringConvertible {
  let reason: String

  init(_ reason: String) { self.reason = reason }

  var description: String { reason }
}

/// A value of JSON as numbers are meant in a textbook, exponents included.
indirect enum TextbookValue: Decodable {
  case none
  case flag(Bool)
  case number(Double)
  case text
  case list([TextbookValue])
  case table([String: TextbookValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .none
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode([TextbookValue].self) {
      self = .list(value)
    } else if let value = try? container.decode([String: TextbookValue].self) {
      self = .table(value)
    } else {
      self = .text
    }
  }
}

/// The named arguments of an instance, checked as they are read.
struct TextbookArguments {
  private let values: [String: TextbookValue]

  init(_ values: [String: TextbookValue]) { self.values = values }

  /// What is larger is refused, so that no sum takes for ever.
  private static let largest = 1e12
  static let longestSum = 10_000.0

  func optional(_ name: String) throws(TextbookProblem) -> Double? {
    switch values[name] {
    case nil, .some(.none): return nil
    case .number(let value):
      guard abs(value) <= Self.largest else { throw TextbookProblem("\(name) is too large") }
      return value
    default: throw TextbookProblem("\(name) is not a number")
    }
  }

  func number(_ name: String) throws(TextbookProblem) -> Double {
    guard let value = try optional(name) else { throw TextbookProblem("\(name) is missing") }
    return value
  }

  func positive(_ name: String) throws(TextbookProblem) -> Double {
    let value = try number(name)
    guard value > 0 else { throw TextbookProblem("\(name) must be above 0") }
    return value
  }

  func fromZero(_ name: String, default missing: Double? = nil) throws(TextbookProblem) -> Double {
    let value = try optional(name) ?? missing
    guard let value else { throw TextbookProblem("\(name) is missing") }
    guard value >= 0 else { throw TextbookProblem("\(name) must not be below 0") }
    return value
  }

  func whole(_ name: String) throws(TextbookProblem) -> Double {
    let value = try number(name)
    guard value == value.rounded() else { throw TextbookProblem("\(name) must be a whole number") }
    return value
  }

  func flag(_ name: String, default missing: Bool) throws(TextbookProblem) -> Bool {
    switch values[name] {
    case nil, .some(.none): return missing
    case .flag(let value): return value
    default: throw TextbookProblem("\(name) is not true or false")
    }
  }

  func numbers(_ name: String) throws(TextbookProblem) -> [Double] {
    guard case .list(let values) = values[name] else { throw TextbookProblem("\(name) is not a list") }
    var numbers: [Double] = []
    for value in values {
      guard case .number(let number) = value, abs(number) <= Self.largest else {
        throw TextbookProblem("\(name) holds something that is not a number")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Probabilities by whole units: an object, or a list from 0.
  func probabilities(_ name: String) throws(TextbookProblem) -> [(units: Double, probability: Double)] {
    var pairs: [(units: Double, probability: Double)] = []
    switch values[name] {
    case .list: for (index, value) in try numbers(name).enumerated() { pairs.append((Double(index), value)) }
    case .table(let table):
      for (key, value) in table {
        guard let units = Double(key), units == units.rounded(), abs(units) <= Self.largest,
          case .number(let probability) = value
        else {
          throw TextbookProblem("\(name) is not a table of probabilities")
        }
        pairs.append((units, probability))
      }
    default: throw TextbookProblem("\(name) is not a table of probabilities")
    }
    guard !pairs.isEmpty, pairs.allSatisfy({ (0...1).contains($0.probability) }) else {
      throw TextbookProblem("\(name) is not a table of probabilities")
    }
    return pairs.sorted { $0.units < $1.units }
  }
}
