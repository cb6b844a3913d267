import Digest
import TestSupport
import Testing

/// A forge's webhook wakes a daemon that would not look for an hour, and only a genuine one does.
@Suite struct WebhookDaemonTests {
  private static let secret = "It's-a-Secret"

  private let company: CompanyFolder
  private let daemon: RunningDaemon
  private let port: Int

  /// A daemon that listens, has applied what there was, and would look again in an hour.
  init() throws {
    company = try CompanyFolder(items: 1)
    try company.scratch.write(Self.secret + "\n", to: "company/webhook-secret")
    try company.shell("chmod 600 webhook-secret")
    daemon = try RunningDaemon(
      company, interval: "1h", ["--listen", "127.0.0.1:0", "--webhook-secret-file", "webhook-secret"])
    #expect(daemon.waits(for: "applied"))
    port = try #require(Self.port(daemon), "\(daemon.process.errorsUntilNow)")
  }

  /// The first line of the answer.
  private func post(_ name: String, _ value: String, _ body: String) throws -> String {
    let connection = try LoopbackConnection(port: port)
    connection.send(
      "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(name): \(value)\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
    return String(connection.readToEnd().prefix { $0 != "\r\n" })
  }

  @Test func aSignedDeliveryIsActedOnBeforeTheTimer() throws {
    let commit = try company.commitCap(9)
    let body = #"{"ref":"refs/heads/main","after":"\#(commit)"}"#
    func code(_ secret: String) -> String { MessageCode.of(body.utf8, under: Array(secret.utf8)).bytes.hex }
    let before = daemon.process.errorsUntilNow
    // Signed with another secret, not at all, and as GitHub did before SHA-256: right, and no longer enough.
    #expect(try post("X-Hub-Signature-256", "sha256=" + code("other"), body).contains(" 401 "))
    #expect(try post("X-Nothing", "x", body).contains(" 401 "))
    let old = try company.shell(
      "printf %s '\(body)' | openssl dgst -sha1 -hmac \"$(cat webhook-secret)\" | sed 's/.* //'")
    #expect(old.utf8.count == 40)
    #expect(try post("X-Hub-Signature", "sha1=" + old, body).contains(" 401 "))
    // Whoever is asked after them has looked at nothing since: the daemon answers one after the other.
    #expect(try post("X-Hub-Signature-256", "sha256=" + code(Self.secret), body).contains(" 202 "))
    #expect(daemon.waits(for: "accepted \(commit.prefix(10))"), "\(daemon.process.errorsUntilNow)")
    // All that it said since came from that one.
    let said = daemon.process.errorsUntilNow.utf8.dropFirst(before.utf8.count)
    let looks = String(decoding: said, as: UTF8.self).split(separator: "\n").filter { $0.contains("accepted ") }
    #expect(looks.count == 1, "\(looks)")
    #expect(daemon.end().status == 0)
  }

  @Test func aForgedDeliveryChangesNothing() throws {
    try company.commitCap(9)
    let before = try company.shell("git -C ops rev-parse audit")
    for number in 0..<20 {
      let code = MessageCode.of("{}".utf8, under: Array("guess \(number)".utf8)).bytes.hex
      #expect(try post("X-Hub-Signature-256", "sha256=\(code)", "{}").hasPrefix("HTTP/1.1 401 "))
    }
    // It ends with the cycle under way; had one of them woken it, the commit would be in force.
    let end = daemon.end()
    #expect(end.status == 0 && !end.errors.contains("accepted"), "\(end.errors)")
    #expect(try company.shell("git -C ops rev-parse audit") == before)
  }

  private static func port(_ daemon: RunningDaemon) -> Int? {
    // It may listen before it has applied anything, or after.
    if !daemon.process.errorsUntilNow.contains("webhooks on port ") { _ = daemon.waits(for: "webhooks on port ") }
    let words = daemon.process.errorsUntilNow
    guard let start = words.firstRange(of: "webhooks on port ") else { return nil }
    return Int(words[start.upperBound...].prefix { $0.isNumber })
  }
}
