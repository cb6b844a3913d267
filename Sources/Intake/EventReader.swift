public import ActualState
public import Diagnostics
import Operations

/// Something that a reader met: an event, or a place that is no event.
public enum Arrival: Sendable {
  case event(Event, at: SourceLocation)
  case problem(Problem)

  /// A line that cannot be used, with its text, because a stream cannot be read again for the excerpt.
  public struct Problem: Sendable {
    public var diagnostic: Diagnostic
    public var line: String

    /// The longest excerpt that is kept, in bytes.
    static let excerptBytes = 4096

    init(_ diagnostic: Diagnostic, line: [UInt8]) {
      self.diagnostic = diagnostic
      self.line = String(decoding: line.prefix(Self.excerptBytes), as: UTF8.self)
    }
  }
}

/// Gives the events of one input in order, one at a time, and what is wrong between them.
public protocol EventReader {
  /// The next event or problem; nil at the end. Throws when the input itself cannot be read further.
  mutating func next() throws(Diagnostic) -> Arrival?
}
