internal import Clibcurl
import Glibc

/// One request under way: what libcurl's callbacks are given through their void pointer.
final class Transfer {
  let mayBeLoopback: Bool
  let bodyLimit: Int
  private(set) var headers: [String: String] = [:]
  private(set) var body: [UInt8] = []
  /// Why a callback stopped it.
  private(set) var failure: HTTPError?
  private var headerBytes = 0

  static let headerLimit = 64 * 1024

  init(mayBeLoopback: Bool, bodyLimit: Int) {
    self.mayBeLoopback = mayBeLoopback
    self.bodyLimit = bodyLimit
  }

  static func from(_ pointer: UnsafeMutableRawPointer) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Takes a piece of the body; false to stop.
  func receive(body piece: UnsafeRawBufferPointer) -> Bool {
    guard body.count + piece.count <= bodyLimit else {
      failure = HTTPError(.tooLarge, "the answer is larger than \(bodyLimit) bytes")
      return false
    }
    body += piece
    return true
  }

  /// Takes a header line; false to stop.
  func receive(header line: UnsafeRawBufferPointer) -> Bool {
    headerBytes += line.count
    guard headerBytes <= Self.headerLimit else {
      failure = HTTPError(.tooLarge, "the answer's headers are larger than \(Self.headerLimit) bytes")
      return false
    }
    // A status line begins the headers of an answer; an interim answer (100) may come before.
    if line.starts(with: "HTTP/".utf8) {
      headers = [:]
    } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
      let value = line[(colon + 1)...].filter { $0 != 0x0D && $0 != 0x0A }.drop { $0 == 0x20 || $0 == 0x09 }
      headers[String(decoding: line[..<colon], as: UTF8.self).lowercased()] = String(decoding: value, as: UTF8.self)
    }
    return true
  }

  /// Opens the socket of a connection, once its address is known: names are looked up by then, so that a name which leads
  /// somewhere else than it says is found out.
  func open(_ address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
    guard Destination(address) == (mayBeLoopback ? .loopback : .elsewhere) else {
      failure = HTTPError(
        .refusedAddress,
        mayBeLoopback
          ? "a name of this machine resolves to another machine"
          : "the name resolves to this machine or to a link-local address",
        hint: "for servers on this machine, use localhost, 127.0.0.1 or [::1]")
      return curl_socket_t(-1)
    }
    let place = address.pointee
    return socket(place.family, place.socktype | Int32(SOCK_CLOEXEC.rawValue), place.protocol)
  }
}
