public import Operations

/// A message that waits to be delivered.
public struct OutboxRow: Hashable, Sendable {
  public var record: Int64
  /// Unique: who says the same twice is heard once. Nil for a message that is nobody's in particular.
  public var key: String?
  public var payload: JSONValue

  public init(record: Int64, key: String? = nil, payload: JSONValue) {
    self.record = record
    self.key = key
    self.payload = payload
  }
}

/// Audit records that are to be, or were, written as one commit. Fixed before git is touched, so that writing again
/// after a crash gives the same commit.
public struct AuditBatch: Hashable, Sendable {
  public var first: Int64
  public var last: Int64
  public var parent: String?
  /// Nil until the audit branch has moved to it.
  public var commit: String?

  public init(first: Int64, last: Int64, parent: String?, commit: String? = nil) {
    self.first = first
    self.last = last
    self.parent = parent
    self.commit = commit
  }
}
