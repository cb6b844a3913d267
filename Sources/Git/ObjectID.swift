internal import Clibgit2

/// The SHA-1 name of a git object.
public struct ObjectID: Hashable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  init(_ oid: git_oid) {
    (high, middle, low) = withUnsafeBytes(of: oid) {
      (
        $0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
        $0.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
      )
    }
  }

  var oid: git_oid {
    var result = git_oid()
    withUnsafeMutableBytes(of: &result) {
      $0.storeBytes(of: high, as: UInt64.self)
      $0.storeBytes(of: middle, toByteOffset: 8, as: UInt64.self)
      $0.storeBytes(of: low, toByteOffset: 16, as: UInt32.self)
    }
    return result
  }

  /// Parses 40 hexadecimal digits.
  public init?(_ text: String) {
    var oid = git_oid()
    guard text.utf8.count == 40, git_oid_fromstr(&oid, text) == 0 else { return nil }
    self.init(oid)
  }

  public var description: String {
    var oid = oid
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 41) { buffer in
      git_oid_tostr(buffer.baseAddress, 41, &oid)
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }

  /// The first ten digits: enough for people.
  public var short: String { String(description.prefix(10)) }
}
