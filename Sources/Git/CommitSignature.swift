/// A commit's signature and the bytes that it covers.
public struct CommitSignature: Sendable {
  public var armoured: String
  public var payload: [UInt8]

  init(armoured: String, payload: [UInt8]) {
    self.armoured = armoured
    self.payload = payload
  }

  /// Takes the `gpgsig` header out of a commit's bytes: the signature is over all that is left.
  ///
  /// Only the header is read, where libgit2 1.5 also takes a line of the message that looks like one.
  ///
  /// - Returns: nil when the commit is not signed or carries more than one signature.
  init?(commit raw: [UInt8]) {
    var payload: [UInt8] = []
    var armoured: [UInt8] = []
    var signatures = 0
    var inSignature = false
    var rest = raw[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")), end != rest.startIndex {
      let line = rest[...end]
      rest = rest[(end + 1)...]
      if line.starts(with: Self.header) {
        signatures += 1
        inSignature = true
        armoured += line.dropFirst(Self.header.count)
      } else if inSignature, line.first == UInt8(ascii: " ") {
        armoured += line.dropFirst()
      } else {
        inSignature = false
        payload += line
      }
    }
    guard signatures == 1 else { return nil }
    self.init(armoured: String(decoding: armoured, as: UTF8.self), payload: payload + rest)
  }

  private static let header = Array("gpgsig ".utf8)
}
