@preconcurrency import Dispatch
import Glibc
import Synchronization

/// An HTTP server on 127.0.0.1 that answers what a test says and remembers what it was asked: one request to a connection.
public final class LoopbackServer: Sendable {
  public struct Request: Sendable {
    public var method: String
    /// Path and query, as they were sent.
    public var target: String
    /// Names in lower case.
    public var headers: [String: String]
    public var body: [UInt8]
  }

  public struct Response: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(_ status: Int = 200, headers: [(name: String, value: String)] = [], _ body: String = "") {
      self.status = status
      self.headers = headers
      self.body = Array(body.utf8)
    }
  }

  public let port: Int
  private let descriptor: Int32
  private let seen = Mutex<(connections: Int, requests: [Request])>((0, []))

  /// - Parameter answer: called on a thread of the server; nil to close without an answer.
  public init(_ answer: @escaping @Sendable (Request) -> Response?) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemFailure("cannot make a socket") }
    var address = loopback(port: 0)
    let isBound = withSocketAddress(&address) { bind(descriptor, $0, $1) == 0 }
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isKnown = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
    }
    guard isBound, isKnown, listen(descriptor, 64) == 0 else { throw SystemFailure("cannot listen on loopback") }
    self.descriptor = descriptor
    port = Int(UInt16(bigEndian: address.sin_port))
    DispatchQueue(label: "loopback").async { [weak self] in
      // Closed by whoever waits at it: its number must not go to another socket before.
      defer { close(descriptor) }
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        guard let self else {
          close(connection)
          return
        }
        seen.withLock { $0.connections += 1 }
        DispatchQueue.global().async { self.serve(connection, answer) }
      }
    }
  }

  deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

  public var address: String { "http://127.0.0.1:\(port)" }
  /// Connections that were opened, whether or not anything was asked on them.
  public var connections: Int { seen.withLock { $0.connections } }
  public var requests: [Request] { seen.withLock { $0.requests } }

  private func serve(_ connection: Int32, _ answer: @Sendable (Request) -> Response?) {
    defer { close(connection) }
    guard let request = Self.read(connection) else { return }
    seen.withLock { $0.requests.append(request) }
    guard let response = answer(request) else { return }
    var text = "HTTP/1.1 \(response.status) Answer\r\nConnection: close\r\n"
    for (name, value) in response.headers { text += "\(name): \(value)\r\n" }
    if !response.headers.contains(where: { ["Content-Length", "Transfer-Encoding"].contains($0.name) }) {
      text += "Content-Length: \(response.body.count)\r\n"
    }
    sendAll(connection, Array((text + "\r\n").utf8) + response.body)
  }

  private static func read(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    let end = Array("\r\n\r\n".utf8)
    var bodyStart: Int?
    while bodyStart == nil {
      guard let piece = receive(connection) else { return nil }
      bytes += piece
      bodyStart = bytes.firstRange(of: end)?.upperBound
    }
    guard let bodyStart else { return nil }
    let lines = String(decoding: bytes[..<bodyStart], as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
    }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    var body = Array(bytes[bodyStart...])
    while body.count < length {
      guard let piece = receive(connection) else { return nil }
      body += piece
    }
    return Request(method: String(words[0]), target: String(words[1]), headers: headers, body: body)
  }
}

/// A connection to a server on 127.0.0.1, to send it what no proper client would.
public final class LoopbackConnection {
  private let descriptor: Int32

  public init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = loopback(port: port)
    let descriptor = descriptor
    guard withSocketAddress(&address, { connect(descriptor, $0, $1) == 0 }) else {
      throw SystemFailure("cannot connect to port \(port)")
    }
  }

  deinit { close(descriptor) }

  /// False if the other side takes no more.
  @discardableResult
  public func send(_ text: String) -> Bool { sendAll(descriptor, Array(text.utf8)) }

  @discardableResult
  public func send(bytes: [UInt8]) -> Bool { sendAll(descriptor, bytes) }

  /// Everything that comes until the other side closes.
  public func readToEnd() -> String {
    var bytes: [UInt8] = []
    while let piece = receive(descriptor) { bytes += piece }
    return String(decoding: bytes, as: UTF8.self)
  }
}

private func loopback(port: Int) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}

private func withSocketAddress(
  _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool
) -> Bool {
  withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
}

@discardableResult
private func sendAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard count > 0 else { return false }
    rest = rest.dropFirst(count)
  }
  return true
}

private func receive(_ descriptor: Int32) -> [UInt8]? {
  var piece = [UInt8](repeating: 0, count: 1 << 14)
  let count = recv(descriptor, &piece, piece.count, 0)
  return count > 0 ? Array(piece[..<count]) : nil
}
