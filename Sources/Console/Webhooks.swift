import Approvals
import Digest
import HTTPTypes
import Hummingbird
import NIOCore
import Operations
import Synchronization

/// `POST /webhooks/{github,gitea,gitlab}`: what a forge tells the daemon when somebody pushed or reviewed.
///
/// A delivery carries no facts here. Its body is not even parsed: it is checked while it streams by, and all that comes of
/// it is that the daemon looks for itself. So a forged or replayed delivery gains at most an early look.
struct Webhooks: Sendable {
  /// Bytes of a body; a larger push is found by the daemon's own timer.
  static let bodyLimit = 4 << 20
  /// Bodies that are read at one time.
  static let readersLimit = 16

  let secret: Secret
  let clock: @Sendable () -> Instant
  let wake: @Sendable () -> Void
  private let recent = RecentDeliveries()
  private let readers = Readers(limit: readersLimit)

  init(secret: Secret, clock: @escaping @Sendable () -> Instant, wake: @escaping @Sendable () -> Void) {
    self.secret = secret
    self.clock = clock
    self.wake = wake
  }

  func respond(to request: Request, _ context: ConnectionContext) async throws -> Response {
    let answer = try await judge(request, context)
    // What is left of a body that was not wanted is not read either.
    if answer.isRead { context.expectNext() } else { context.closeInput() }
    return Response(
      status: answer.status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: .init(byteBuffer: ByteBuffer(string: answer.words + "\n")))
  }

  private struct Answer {
    var status: HTTPResponse.Status
    var words: String
    var isRead = false
  }

  private func judge(_ request: Request, _ context: ConnectionContext) async throws -> Answer {
    guard let kind = context.parameters.get("forge").flatMap(ForgeKind.init(rawValue:)) else {
      return Answer(status: .notFound, words: "unknown forge; use github, gitea or gitlab")
    }
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }
    if let encoding = header("content-encoding"), encoding.lowercased() != "identity" {
      return Answer(status: .unsupportedMediaType, words: "compressed bodies are not accepted")
    }
    if let length = header("content-length") {
      guard let count = Int(length), (0...Self.bodyLimit).contains(count) else { return Self.tooLarge }
    }
    guard let claim = WebhookClaim(kind, at: clock(), header) else {
      return Answer(status: .unauthorized, words: "the delivery is not signed with SHA-256")
    }
    switch claim {
    case .token(let token):
      guard secret.isSame(as: token.utf8) else { return Self.unauthorized }
      return accept(kind, header, isRead: false)
    case .codes(let codes, let prefix, let isStandard):
      guard readers.enter() else { return Answer(status: .serviceUnavailable, words: "too many deliveries at once") }
      defer { readers.leave() }
      var maker = MessageCodeMaker(key: secret.webhookKey(isStandard: isStandard))
      maker.update(prefix)
      var count = 0
      for try await piece in request.body {
        count += piece.readableBytes
        guard count <= Self.bodyLimit else { return Self.tooLarge }
        maker.update(Array(piece.readableBytesView))
      }
      let own = maker.finish()
      guard codes.contains(where: { own.isSame(as: $0) }) else {
        var answer = Self.unauthorized
        answer.isRead = true
        return answer
      }
      return accept(kind, header, isRead: true)
    }
  }

  private static let tooLarge = Answer(status: .contentTooLarge, words: "the body is larger than \(bodyLimit) bytes")
  private static let unauthorized = Answer(status: .unauthorized, words: "invalid signature")

  private func accept(_ kind: ForgeKind, _ header: (String) -> String?, isRead: Bool) -> Answer {
    if let id = WebhookClaim.delivery(kind, header), !recent.note(kind.rawValue + " " + id) {
      return Answer(status: .ok, words: "seen before", isRead: isRead)
    }
    wake()
    return Answer(status: .accepted, words: "looking", isRead: isRead)
  }
}

/// Counts who reads a body just now.
private final class Readers: Sendable {
  private let limit: Int
  private let count = Mutex(0)

  init(limit: Int) { self.limit = limit }

  func enter() -> Bool {
    count.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
  }

  func leave() { count.withLock { $0 -= 1 } }
}
