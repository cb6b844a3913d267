import Console
import Digest
@preconcurrency import Dispatch
import HTTPClient
import Operations
import Synchronization
import TestSupport
import Testing

/// Deliveries over real HTTP: only one that is genuine, new and small wakes the daemon, and nothing of it is believed.
@Suite struct WebhookTests {
  static let now = Instant(milliseconds: 1_764_000_000_000)
  static let secret = "It's-a-Secret"
  /// The server answers on the threads that all other tests run on, so that an answer may be minutes away.
  private static let patience = HTTPClient.Limits(connectMilliseconds: 300_000, totalMilliseconds: 300_000)

  /// A running console; `wakes` counts how often it would wake the daemon.
  static func withConsole(
    secret: String = secret, requestLimit: TimeSpan = TimeSpan(milliseconds: 60_000),
    _ body: (_ port: Int, _ wakes: () -> Int) async throws -> Void
  ) async throws {
    let wakes = Counter()
    let console = Console(
      .init(host: "127.0.0.1", port: 0), webhookSecret: try #require(Secret(secret)), requestLimit: requestLimit,
      clock: { now }, wake: { wakes.add() })
    let (ports, ready) = AsyncStream<Int>.makeStream()
    let running = Task { try await console.run { ready.yield($0) } }
    defer { running.cancel() }
    var iterator = ports.makeAsyncIterator()
    let port = try #require(await iterator.next())
    try await body(port) { wakes.value }
    running.cancel()
    _ = await running.result
  }

  /// Posts a delivery and expects a status.
  static func post(
    _ port: Int, _ forge: String, _ headers: [(name: String, value: String)], _ body: String = "{}",
    expect status: Int, at place: SourceLocation = #_sourceLocation
  ) async throws {
    let address = try HTTPAddress("http://127.0.0.1:\(port)").appending("webhooks", forge)
    let answer = try await offThePool {
      try HTTPClient(limits: patience).send(HTTPRequest(.post, address, headers: headers, body: Array(body.utf8)))
    }
    #expect(answer.status == status, "\(forge) \(headers)", sourceLocation: place)
  }

  /// Runs what blocks on a thread of its own: the server needs those that tests run on.
  static func offThePool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
    }
  }

  static func code(_ body: String, secret: String = secret) -> String {
    MessageCode.of(body.utf8, under: Array(secret.utf8)).bytes.hex
  }

  /// Row 21.
  @Test func row21OnlySignedDeliveriesWake() async throws {
    try await Self.withConsole { port, wakes in
      let code = Self.code("{}")
      var expected = 0
      func check(_ forge: String, _ headers: [(name: String, value: String)], _ status: Int) async throws {
        try await Self.post(port, forge, headers, expect: status)
        if status == 202 { expected += 1 }
        #expect(wakes() == expected, "\(forge) \(headers)")
      }
      try await check("github", [("X-Hub-Signature-256", "sha256=\(code)")], 202)
      try await check("gitea", [("X-Gitea-Signature", code)], 202)
      try await check("gitea", [("X-Forgejo-Signature", code)], 202)
      try await check("gitlab", [("X-Gitlab-Token", Self.secret)], 202)
      // Nothing, the wrong thing, the right thing in the wrong place.
      for forge in ["github", "gitea", "gitlab"] { try await check(forge, [], 401) }
      try await check("github", [("X-Hub-Signature", "sha1=" + String(repeating: "0", count: 40))], 401)
      try await check("github", [("X-Hub-Signature-256", code)], 401)
      try await check("github", [("X-Hub-Signature-256", "sha256=")], 401)
      try await check("github", [("X-Hub-Signature-256", "sha256=\(code)00")], 401)
      try await check("github", [("X-Hub-Signature-256", "sha256=\(Self.code("{}", secret: "other"))")], 401)
      try await check("github", [("X-Hub-Signature-256", "sha256=\(Self.code("{} "))")], 401)
      try await check("github", [("X-Gitea-Signature", code)], 401)
      try await check("github", [("X-Gitlab-Token", Self.secret)], 401)
      try await check("gitea", [("X-Gitea-Signature", "sha256=\(code)")], 401)
      // Forgejo's own header decides alone.
      try await check("gitea", [("X-Forgejo-Signature", Self.code("")), ("X-Gitea-Signature", code)], 401)
      try await check("gitlab", [("X-Gitlab-Token", "wrong")], 401)
      try await check("gitlab", [("X-Hub-Signature-256", "sha256=\(code)")], 401)
      try await check("bitbucket", [("X-Hub-Signature-256", "sha256=\(code)")], 404)
    }
  }

  /// Row 21: every bit of a signature and of a body counts.
  @Test func row21AFlippedBitIsRefused() async throws {
    try await Self.withConsole { port, wakes in
      let body = #"{"ref":"refs/heads/main"}"#
      let code = try #require([UInt8](hex: Self.code(body)))
      for bit in 0..<256 {
        var forged = code
        forged[bit / 8] ^= 1 << (bit % 8)
        try await Self.post(port, "gitea", [("X-Gitea-Signature", forged.hex)], body, expect: 401)
      }
      for bit in 0..<(body.utf8.count * 8) where bit % 8 != 7 {
        var forged = Array(body.utf8)
        forged[bit / 8] ^= 1 << (bit % 8)
        let text = String(decoding: forged, as: UTF8.self)
        try await Self.post(port, "gitea", [("X-Gitea-Signature", code.hex)], text, expect: 401)
      }
      #expect(wakes() == 0)
    }
  }

  /// Row 21: a repeat is answered and wakes nobody.
  @Test func row21AReplayedDeliveryIsSeenOnce() async throws {
    try await Self.withConsole { port, wakes in
      let signed: [(name: String, value: String)] = [
        ("X-Gitea-Signature", Self.code("{}")), ("X-Gitea-Delivery", "6c4856a8"),
      ]
      try await Self.post(port, "gitea", signed, expect: 202)
      for _ in 0..<1000 { try await Self.post(port, "gitea", signed, expect: 200) }
      #expect(wakes() == 1)
      // Whoever cannot sign cannot use up an id either.
      try await Self.post(
        port, "gitea", [("X-Gitea-Signature", Self.code("x")), ("X-Gitea-Delivery", "new")], expect: 401)
      try await Self.post(
        port, "gitea", [("X-Gitea-Signature", Self.code("{}")), ("X-Gitea-Delivery", "new")], expect: 202)
      #expect(wakes() == 2)
    }
  }

  /// Row 21: what is too large is refused before it is read where its size is told, and while it is read where it is not.
  @Test func row21HugeBodiesAreNotRead() async throws {
    try await Self.withConsole { port, wakes in
      let start = "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=\(Self.code("{}"))\r\n"
      let answer = try await Self.offThePool {
        let announced = try LoopbackConnection(port: port)
        announced.send(start + "Content-Length: 99999999999\r\n\r\n")
        return announced.readToEnd()
      }
      #expect(answer.hasPrefix("HTTP/1.1 413 "))
      let taken = try await Self.offThePool {
        let endless = try LoopbackConnection(port: port)
        endless.send(start + "Transfer-Encoding: chunked\r\n\r\n")
        let chunk = "10000\r\n" + String(repeating: "x", count: 0x10000) + "\r\n"
        // The server stops reading; how much the sockets on the way hold is not ours to say.
        var sent = 0
        while sent < 4096, endless.send(chunk) { sent += 1 }
        return sent
      }
      #expect(taken < 4096)
      #expect(wakes() == 0)
    }
  }

  /// Row 21: who sends a head and then nothing, or now and then a byte, is sent away, and others come in.
  @Test func row21SlowBodiesDoNotShutTheDoor() async throws {
    try await Self.withConsole(requestLimit: TimeSpan(milliseconds: 300)) { port, wakes in
      let length = 4_000_000
      let head =
        "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=\(Self.code("{}"))\r\n"
        + "Content-Length: \(length)\r\n\r\n"
      let answers = try await Self.offThePool {
        let silent = try (0..<16).map { _ in try LoopbackConnection(port: port) }
        for connection in silent { connection.send(head) }
        let halfway = try LoopbackConnection(port: port)
        halfway.send("POST /webhooks/gith")
        let mute = try LoopbackConnection(port: port)
        // All of them end because the server ends them.
        return (silent + [halfway, mute]).map { $0.readToEnd() }
      }
      #expect(answers.allSatisfy { !$0.contains(" 202 ") })
      let sent = try await Self.offThePool {
        let trickling = try LoopbackConnection(port: port)
        trickling.send(head)
        var sent = 0
        while sent < length, trickling.send("x") { sent += 1 }
        return sent
      }
      #expect(sent < length, "the body was never to become whole")
      // On a busy machine an honest request may take as long: forges try again as well.
      let address = try HTTPAddress("http://127.0.0.1:\(port)").appending("webhooks", "github")
      let signed = HTTPRequest(
        .post, address, headers: [("X-Hub-Signature-256", "sha256=\(Self.code("{}"))")], body: Array("{}".utf8))
      var status: Int?
      for _ in 0..<50 where status == nil {
        status = try await Self.offThePool { try? HTTPClient(limits: Self.patience).send(signed).status }
      }
      #expect(status == 202 && wakes() >= 1)
    }
  }

  /// Row 21: however many connections somebody holds open, and says nothing on, a delivery is answered.
  @Test func row21IdleConnectionsDoNotShutTheDoor() async throws {
    // No deadline makes room: they could stay for an hour.
    try await Self.withConsole(requestLimit: .hour) { port, wakes in
      // Connecting does not wait for the server: the operating system answers.
      let idle = try (0..<300).map { _ in try LoopbackConnection(port: port) }
      for number in 1...3 {
        let signed = [("X-Gitea-Signature", Self.code("{}")), ("X-Gitea-Delivery", "\(number)")]
        try await Self.post(port, "gitea", signed, expect: 202)
      }
      #expect(wakes() == 3 && idle.count == 300)
    }
  }

  /// Row 21: a compressed body is not unpacked.
  @Test func row21CompressedBodiesAreRefused() async throws {
    try await Self.withConsole { port, wakes in
      for encoding in ["gzip", "deflate", "br", "gzip, gzip"] {
        let headers: [(name: String, value: String)] = [
          ("X-Hub-Signature-256", "sha256=\(Self.code("{}"))"), ("Content-Encoding", encoding),
        ]
        try await Self.post(port, "github", headers, expect: 415)
      }
      #expect(wakes() == 0)
    }
  }

  /// The signing of GitLab's newer deliveries, by its specification: `id.timestamp.body` under the decoded secret.
  @Test func standardWebhooks() async throws {
    let key = Array("a key of twenty-four bytes".utf8)
    try await Self.withConsole(secret: "whsec_" + key.base64) { port, wakes in
      func headers(_ seconds: Int64, _ signed: String, _ id: String) -> [(name: String, value: String)] {
        let code = MessageCode.of(signed.utf8, under: key).bytes.base64
        return [
          ("webhook-id", id), ("webhook-timestamp", String(seconds)),
          ("webhook-signature", "v1,\([UInt8](repeating: 1, count: 32).base64) v1,\(code)"),
          // It decides alone, even beside the older header.
          ("X-Gitlab-Token", "whsec_" + key.base64),
        ]
      }
      let time = Self.now.seconds
      try await Self.post(port, "gitlab", headers(time, "m1.\(time).{}", "m1"), expect: 202)
      try await Self.post(port, "gitlab", headers(time, "m1.\(time).{}", "m1"), expect: 200)
      try await Self.post(port, "gitlab", headers(time, "m2.\(time).{}", "m3"), expect: 401)
      try await Self.post(port, "gitlab", headers(time, "m4.\(time).{ }", "m4"), expect: 401)
      for old in [time - 301, time + 301, -1, 99_999_999_999] {
        try await Self.post(port, "gitlab", headers(old, "m5.\(old).{}", "m5"), expect: 401)
      }
      try await Self.post(port, "gitlab", headers(time - 299, "m6.\(time - 299).{}", "m6"), expect: 202)
      #expect(wakes() == 2)
    }
  }

  @Test(arguments: ["127.0.0.1:8080", "[::1]:0", "localhost:65535"])
  func takesAddresses(_ text: String) { #expect(Console.Address(text) != nil) }

  @Test(arguments: ["", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "[]:80"])
  func refusesAddresses(_ text: String) { #expect(Console.Address(text) == nil) }

  @Test func anAddressThatIsTakenIsAnError() async throws {
    try await Self.withConsole { port, _ in
      let second = Console(
        .init(host: "127.0.0.1", port: port), webhookSecret: try #require(Secret("s")), clock: { Self.now }, wake: {})
      await #expect(throws: (any Error).self) { try await second.run() }
    }
  }
}

final class Counter: Sendable {
  private let count = Atomic(0)
  func add() { count.add(1, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }
}
