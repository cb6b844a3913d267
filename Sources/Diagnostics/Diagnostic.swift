/// A place in a file, for people: lines and columns start at 1, columns count Unicode scalars.
public struct SourceLocation: Hashable, Sendable, Comparable {
  public var file: String
  // Every value of a desired state carries its place, so half the bytes count.
  private var narrowLine: Int32
  private var narrowColumn: Int32

  public var line: Int { Int(narrowLine) }
  public var column: Int { Int(narrowColumn) }

  public init(file: String, line: Int = 1, column: Int = 1) {
    self.file = file
    narrowLine = Int32(clamping: line)
    narrowColumn = Int32(clamping: column)
  }

  public static func < (left: Self, right: Self) -> Bool {
    if left.file != right.file { return left.file < right.file }
    return (left.line, left.column) < (right.line, right.column)
  }
}

extension SourceLocation: CustomStringConvertible {
  public var description: String { "\(file):\(line):\(column)" }
}

public enum Severity: String, Sendable, Comparable {
  case warning
  case error

  public static func < (left: Self, right: Self) -> Bool { left == .warning && right == .error }
}

/// One problem found in what a person wrote: what is wrong, where, and what to do about it.
///
/// The `id` is stable, so that scripts and documentation can refer to it; the sentences may change.
public struct Diagnostic: Hashable, Sendable, Error {
  /// A second place that helps to understand the first, such as the other of two duplicates.
  public struct Note: Hashable, Sendable {
    public var message: String
    public var location: SourceLocation

    public init(_ message: String, at location: SourceLocation) {
      self.message = message
      self.location = location
    }
  }

  public var id: String
  public var severity: Severity
  public var message: String
  public var location: SourceLocation?
  public var hint: String?
  public var notes: [Note]

  public init(
    _ id: String, _ message: String, at location: SourceLocation? = nil, severity: Severity = .error,
    hint: String? = nil, notes: [Note] = []
  ) {
    self.id = id
    self.severity = severity
    self.message = Self.brief(message)
    self.location = location
    self.hint = hint.map(Self.brief)
    self.notes = notes
  }

  /// What people wrote stands in messages, and may be as long as a file, or a secret that stands where it should not.
  private static func brief(_ text: String) -> String {
    let cut = text.utf8.count <= bytesLimit ? text : String(text.unicodeScalars.prefix(bytesLimit / 4)) + "\u{2026}"
    return withoutSecrets(cut)
  }

  private static let bytesLimit = 8_192
}

/// Several diagnostics thrown as one error: every problem of a run is reported, not only the first.
public struct Diagnostics: Error, Sendable, CustomStringConvertible {
  public var all: [Diagnostic]

  public init(_ all: [Diagnostic]) { self.all = all }

  public var description: String {
    all.map { ($0.location.map { "\($0): " } ?? "") + $0.message }.joined(separator: "; ")
  }
}

extension [Diagnostic] {
  public var hasErrors: Bool { contains { $0.severity == .error } }

  /// Sorts by place, then id, so that equal input gives equal output; drops exact repeats.
  public func inReadingOrder() -> [Diagnostic] {
    var seen = Set<Diagnostic>()
    return filter { seen.insert($0).inserted }.sorted {
      switch ($0.location, $1.location) {
      case (let left?, let right?): left == right ? $0.id < $1.id : left < right
      case (nil, nil): $0.id < $1.id
      case (nil, _): true
      default: false
      }
    }
  }
}
