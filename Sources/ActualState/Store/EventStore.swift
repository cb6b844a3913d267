/// Events as they came in.
public protocol EventStore: AnyObject {
  /// Nil if none came in under this source and id.
  func event(_ source: String, _ id: String) throws -> KeptEvent?
  func put(_ event: Event, _ state: EventState) throws
  /// In the order in which they arrived.
  func events(waitingFor what: String) throws -> [Event]
  func countEvents() throws -> EventCounts
}

public struct EventCounts: Hashable, Sendable {
  public var applied: Int64 = 0
  public var waiting: Int64 = 0
  public var refused: Int64 = 0

  public init(applied: Int64 = 0, waiting: Int64 = 0, refused: Int64 = 0) {
    self.applied = applied
    self.waiting = waiting
    self.refused = refused
  }
}
