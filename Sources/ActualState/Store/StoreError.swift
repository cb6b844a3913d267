/// Why a store cannot do its work, in words for the person who runs it.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Sendable { case busy, full, readOnly, damaged, cannotOpen, other }

  public var kind: Kind
  public var message: String
  public var hint: String

  public init(kind: Kind, message: String, hint: String) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }

  public var description: String { "\(message); \(hint)" }
}
