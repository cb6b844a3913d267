import Digest
@preconcurrency import Dispatch
import Glibc
import HTTPClient
import TestSupport
import Testing

@Suite struct HTTPClientTests {
  static let quick = HTTPClient.Limits(connectMilliseconds: 2_000, totalMilliseconds: 3_000, bodyBytes: 10_000)

  @Test func asksAndReadsTheAnswer() throws {
    let server = try LoopbackServer { request in
      .init(201, headers: [("X-Total-Count", "7")], "got \(request.body.count)")
    }
    let secret = try #require(Secret("t0ken"))
    let response = try HTTPClient().send(
      HTTPRequest(
        .post, try HTTPAddress(server.address + "/api").appending("a/b", "ü"), query: [("q", "1&2=3")],
        headers: [("Accept", "application/json")], secretHeader: ("Authorization", "Bearer ", secret),
        body: Array("{}".utf8)))
    #expect(response.status == 201)
    #expect(response.headers["x-total-count"] == "7")
    #expect(String(decoding: response.body, as: UTF8.self) == "got 2")
    let request = try #require(server.requests.first)
    #expect(request.method == "POST" && request.target == "/api/a%2Fb/%C3%BC?q=1%262%3D3")
    #expect(request.headers["authorization"] == "Bearer t0ken" && request.headers["accept"] == "application/json")
    #expect(request.headers["accept-encoding"] == nil, "a compressed answer could be a bomb")
  }

  /// A server that is in time with every answer, and has many to give.
  @Test func aConversationHasAnEnd() throws {
    let server = try LoopbackServer { _ in
      usleep(600_000)
      return .init(200)
    }
    let client = HTTPClient(limits: .init(conversationMilliseconds: 2_000))
    let request = HTTPRequest(.get, try HTTPAddress(server.address))
    let error = #expect(throws: HTTPError.self) { for _ in 0..<4 { _ = try client.send(request) } }
    #expect(error?.kind == .timeout)
    #expect(throws: HTTPError.self) { try client.send(request) }
    client.beginConversation()
    #expect(try client.send(request).status == 200)
  }

  @Test(arguments: [
    "ftp://example.com", "file:///etc/passwd", "gopher://127.0.0.1:25/", "example.com", "http://example.com",
    "http://10.0.0.1/", "https://user:password@example.com", "https://token@example.com/", "https://",
    "https://exa mple.com", "https://example.com:0", "https://example.com:99999", "https://example.com:+443",
    "https://example.com/a/../b",
    "https://example.com/?q=1", "https://example.com/#x", "https://[::1", "http://127.0.0.1.example.com",
    "http://127.1", "http://0.0.0.0:80", "http://[::ffff:127.0.0.1]", "http://localhost.example.com",
  ])
  func refusesAddresses(_ text: String) {
    let error = #expect(throws: HTTPError.self) { try HTTPAddress(text) }
    #expect(error?.kind == .refusedAddress)
    #expect(error?.description.contains("password@") == false)
  }

  @Test(
    arguments: [
      ("https://GitHub.com/", "https://github.com", false), ("https://git.example.com:8443/forge", nil, false),
      ("http://localhost:3000", nil, true), ("http://127.0.0.1", nil, true), ("http://[::1]:8080", nil, true),
    ] as [(String, String?, Bool)])
  func takesAddresses(_ text: String, _ shown: String?, _ isLoopback: Bool) throws {
    let address = try HTTPAddress(text)
    #expect(address.description == shown ?? text)
    #expect(address.isLoopback == isLoopback)
  }

  /// Row 23: names that lead to this machine without saying so, found out when the connection is made.
  @Test(arguments: ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0"])
  func row23NamesThatLeadToThisMachineAreNotConnectedTo(_ host: String) throws {
    let server = try LoopbackServer { _ in .init(200) }
    let address = try HTTPAddress("https://\(host):\(server.port)")
    let error = #expect(throws: HTTPError.self) {
      try HTTPClient(limits: Self.quick).send(HTTPRequest(.get, address))
    }
    #expect(error?.kind == .refusedAddress, "\(String(describing: error))")
    #expect(server.connections == 0)
  }

  /// Row 23: the metadata service of clouds is link-local.
  @Test(arguments: ["169.254.169.254", "[fe80::1]", "[64:ff9b::169.254.169.254]", "255.255.255.255", "[ff02::1]"])
  func row23LinkLocalAddressesAreNotConnectedTo(_ host: String) throws {
    let error = #expect(throws: HTTPError.self) {
      try HTTPClient(limits: Self.quick).send(HTTPRequest(.get, try HTTPAddress("https://\(host)/latest")))
    }
    #expect(error?.kind == .refusedAddress, "\(String(describing: error))")
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func redirectsAreNotFollowed(_ status: Int) throws {
    let other = try LoopbackServer { _ in .init(200, "stolen") }
    let server = try LoopbackServer { _ in .init(status, headers: [("Location", other.address + "/steal")]) }
    let response = try HTTPClient(limits: Self.quick).send(HTTPRequest(.get, try HTTPAddress(server.address)))
    #expect(response.status == status)
    #expect(other.connections == 0)
  }

  @Test func largeAnswersAreCutOff() throws {
    let announced = try LoopbackServer { _ in .init(200, headers: [("Content-Length", "99999999")], "x") }
    let growing = try LoopbackServer { _ in
      .init(
        200, headers: [("Transfer-Encoding", "chunked")],
        String(repeating: "400\r\n" + String(repeating: "x", count: 1024) + "\r\n", count: 100))
    }
    let headers = try LoopbackServer { _ in
      .init(200, headers: [("X-Long", String(repeating: "x", count: 90_000))])
    }
    for server in [announced, growing, headers] {
      let error = #expect(throws: HTTPError.self) {
        try HTTPClient(limits: Self.quick).send(HTTPRequest(.get, try HTTPAddress(server.address)))
      }
      #expect(error?.kind == .tooLarge, "\(String(describing: error))")
    }
  }

  @Test func silenceAndBrokenConnectionsAreTransient() throws {
    let silent = try LoopbackServer { _ in .init(200, headers: [("Content-Length", "10")], "half") }
    let broken = try LoopbackServer { _ in nil }
    let gone = try LoopbackServer { _ in nil }.port
    for address in [silent.address, broken.address, "http://127.0.0.1:\(gone)"] {
      let error = #expect(throws: HTTPError.self) {
        try HTTPClient(limits: Self.quick).send(HTTPRequest(.get, try HTTPAddress(address)))
      }
      #expect(error?.kind == .unreachable, "\(String(describing: error))")
    }
  }

  @Test func aServerThatNeverEndsItsAnswerIsLeft() throws {
    let gate = Gate()
    let server = try LoopbackServer { _ in
      gate.wait()
      return .init(200)
    }
    defer { gate.open() }
    let limits = HTTPClient.Limits(connectMilliseconds: 500, totalMilliseconds: 200, bodyBytes: 100)
    let error = #expect(throws: HTTPError.self) {
      try HTTPClient(limits: limits).send(HTTPRequest(.get, try HTTPAddress(server.address)))
    }
    #expect(error?.kind == .timeout)
  }
}

/// What one thread waits at until another opens it.
private final class Gate: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)
  func wait() { semaphore.wait() }
  func open() { semaphore.signal() }
}
