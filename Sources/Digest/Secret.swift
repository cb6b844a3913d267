/// A token or password: it can be used, and by no means shown. Text, debug text, mirrors and dumps say only that there is
/// one, so that it cannot reach a log, an error or a page by accident.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The longest secret, in bytes.
  public static let lengthLimit = 4096

  private let content: [UInt8]

  /// Takes what a file or an environment variable holds, without white space around it.
  /// - Returns: nil for nothing, for more than `lengthLimit` bytes, and for anything but printable ASCII: a line break
  ///   could add a header of its own to a request.
  public init?(_ text: String) {
    let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    let start = text.utf8.drop { space.contains($0) }
    let trimmed = Array(start.reversed().drop { space.contains($0) }.reversed())
    guard !trimmed.isEmpty, trimmed.count <= Self.lengthLimit, trimmed.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return nil
    }
    content = trimmed
  }

  /// The bytes themselves, for whoever sends or compares them.
  public func reveal() -> [UInt8] { content }

  /// Whether it is the same as what somebody gives, in a time that does not tell how much of it is.
  public func isSame(as given: some Collection<UInt8>) -> Bool {
    // Their codes under it are compared, so that not even the length shows.
    MessageCode.of(given, under: content).isSame(as: MessageCode.of(content, under: content).bytes)
  }

  public var description: String { "(secret)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
