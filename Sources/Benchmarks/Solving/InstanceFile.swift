import FoundationEssentials
import Operations

/// Why a file of instances cannot be solved, and where.
struct InstanceProblem: Error, CustomStringConvertible {
  let description: String
}

/// A file of instances: a JSON array of objects. All of it is read before anything is solved.
enum InstanceFile {
  static func read<Instance>(_ path: String, _ instance: (Fields) throws -> Instance) throws -> [Instance] {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw InstanceProblem(description: "the file '\(path)' cannot be read")
    }
    let value: JSONValue
    do throws(JSONProblem) {
      value = try JSONValue.parse([UInt8](content))
    } catch {
      throw InstanceProblem(description: "\(path): \(error.message), at byte \(error.offset)")
    }
    guard case .array(let instances) = value else {
      throw InstanceProblem(description: "\(path): an array of instances is expected")
    }
    return try instances.enumerated().map { try instance(Fields($1, at: "\(path): instance \($0)")) }
  }
}

/// The members of an object of an instance, with where it stands, so that a problem can say so.
struct Fields {
  private let members: [String: JSONValue]
  private let place: String

  /// Days are counted from 0; this many are more than any supplier plans.
  static let days: ClosedRange<Int64> = 0...1_000_000

  init(_ value: JSONValue, at place: String) throws {
    guard case .object(let members) = value else {
      throw InstanceProblem(description: "\(place): an object is expected")
    }
    self.members = members
    self.place = place
  }

  func problem(_ key: String, _ words: String) -> InstanceProblem {
    InstanceProblem(description: "\(place): '\(key)' \(words)")
  }

  func value(_ key: String) throws -> JSONValue {
    guard let value = members[key] else { throw problem(key, "is missing") }
    return value
  }

  func integer(_ key: String, in range: ClosedRange<Int64> = 0...Limits.quantity) throws -> Int64 {
    guard case .integer(let number) = try value(key), range.contains(number) else {
      throw problem(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// nil where `null` stands, which must be written.
  func integerOrNull(_ key: String) throws -> Int64? { try value(key) == .null ? nil : try integer(key) }

  func text(_ key: String) throws -> String {
    guard case .string(let text) = try value(key) else { throw problem(key, "must be a text") }
    return text
  }

  func flag(_ key: String) throws -> Bool {
    guard case .bool(let flag) = try value(key) else { throw problem(key, "must be true or false") }
    return flag
  }

  func objects(_ key: String) throws -> [Fields] {
    guard case .array(let values) = try value(key) else { throw problem(key, "must be an array") }
    return try values.enumerated().map { try Fields($1, at: "\(place), \(key)[\($0)]") }
  }
}

/// Runs a step once and measures it.
func timed<Result>(_ body: () -> Result) -> (result: Result, time: Duration) {
  let clock = ContinuousClock()
  let start = clock.now
  let result = body()
  return (result, clock.now - start)
}

/// A time in seconds as a JSON number.
func seconds(_ time: Duration) -> JSONValue { .decimal(short(time / .seconds(1))) }
