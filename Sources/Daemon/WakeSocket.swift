@preconcurrency import Dispatch
import Glibc
import Reconciling

/// A datagram socket beside the store, through which `purser wake` (and so `hooks/post-receive`) tells the daemon to
/// look at the branch now. What is sent says nothing: the daemon looks for itself.
public final class WakeSocket: Sendable {
  private let path: String
  private let source: any DispatchSourceRead

  public static func path(storePath: String) -> String { StoreLock.file(storePath) + ".sock" }

  /// Listens until it is closed; `wake` runs on a queue of its own.
  public init(storePath: String, wake: @escaping @Sendable () -> Void) throws {
    let path = Self.path(storePath: storePath)
    self.path = path
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    // The store's lock is held: a socket that is left from a crash is nobody's.
    if descriptor >= 0 { unlink(path) }
    guard descriptor >= 0, Self.withAddress(path, { bind(descriptor, $0, $1) }) == 0, chmod(path, 0o660) == 0 else {
      let reason = String(cString: strerror(errno))
      if descriptor >= 0 { Glibc.close(descriptor) }
      throw Trouble(
        .needsPerson, "cannot listen on '\(path)': \(reason)",
        hint: "the folder must be writable, and the path shorter than \(Self.pathLimit) bytes")
    }
    source = DispatchSource.makeReadSource(
      fileDescriptor: descriptor, queue: DispatchQueue(label: "purser.wake-socket"))
    source.setEventHandler {
      var buffer = [UInt8](repeating: 0, count: 64)
      while recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)) >= 0 {}
      wake()
    }
    source.setCancelHandler { Glibc.close(descriptor) }
    source.resume()
  }

  public func close() {
    source.cancel()
    unlink(path)
  }

  /// What became of the word to the daemon.
  public enum Delivery: Sendable {
    case woken
    /// None listens.
    case nobody
    /// The user of this process may not write to the socket; whether somebody listens is not known.
    case denied
  }

  /// Wakes the daemon that listens.
  public static func send(storePath: String) -> Delivery {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return .nobody }
    defer { Glibc.close(descriptor) }
    let word = Array("wake".utf8)
    let sent = withAddress(path(storePath: storePath)) {
      sendto(descriptor, word, word.count, Int32(MSG_NOSIGNAL), $0, $1)
    }
    if sent == word.count { return .woken }
    return errno == EACCES || errno == EPERM ? .denied : .nobody
  }

  /// What whoever may not wake the daemon can do.
  public static func remedy(storePath: String) -> String {
    "it looks by itself at its next poll; to be able to wake it, belong to the group of '\(path(storePath: storePath))'"
  }

  private static let pathLimit = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

  private static func withAddress<Number: BinaryInteger>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Number
  ) -> Number {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < pathLimit else {
      errno = ENAMETOOLONG
      return -1
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}
