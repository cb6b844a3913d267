internal import Clibcrypto

/// A message authentication code: HMAC-SHA-256 (RFC 2104), 32 bytes.
public struct MessageCode: Sendable {
  public let bytes: [UInt8]

  fileprivate init(bytes: [UInt8]) { self.bytes = bytes }

  /// The code of a whole message.
  public static func of(_ message: some Collection<UInt8>, under key: [UInt8]) -> MessageCode {
    var maker = MessageCodeMaker(key: key)
    maker.update(Array(message))
    return maker.finish()
  }

  /// HMAC-SHA-1, 20 bytes, by which `known_hosts` hides the names of hosts; too weak for anything else.
  public static func sha1(of message: [UInt8], under key: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: 20)
    let isMade = purser_hmac_sha1(key, key.count, message, message.count, &result) == 1
    precondition(isMade, "libcrypto cannot make an HMAC")
    return result
  }

  /// Whether somebody's code is this one, in a time that depends only on the length of what they give.
  public func isSame(as given: [UInt8]) -> Bool {
    given.count == bytes.count && CRYPTO_memcmp(given, bytes, bytes.count) == 0
  }
}

/// Makes the code of a message that comes in pieces, so that the message need not be kept.
public struct MessageCodeMaker: ~Copyable {
  private let context: OpaquePointer?

  public init(key: [UInt8]) {
    context = purser_hmac_begin(key, key.count)
    precondition(context != nil, "libcrypto cannot make an HMAC")
  }

  deinit { EVP_MD_CTX_free(context) }

  public mutating func update(_ piece: [UInt8]) {
    let isTaken = purser_hmac_update(context, piece, piece.count) == 1
    precondition(isTaken, "libcrypto cannot go on with an HMAC")
  }

  public consuming func finish() -> MessageCode {
    var result = [UInt8](repeating: 0, count: 32)
    let isMade = purser_hmac_finish(context, &result) == 1
    precondition(isMade, "libcrypto cannot end an HMAC")
    return MessageCode(bytes: result)
  }
}
