import Approvals
import Digest
import Operations

/// What the headers of a delivery say for its being from the forge: pure, so that no byte of a body is read for a delivery
/// that claims nothing.
enum WebhookClaim: Equatable {
  /// Codes over `prefix` and the raw body, of which one must fit: a forge that changes its secret signs with both.
  case codes([[UInt8]], prefix: [UInt8], isStandard: Bool)
  /// The secret itself, as GitLab sends it.
  case token(String)

  /// How far the clock of a forge may be away, in deliveries that tell the time.
  static let timeTolerance = TimeSpan(milliseconds: 300_000)
  private static let codesLimit = 8

  /// - Parameter header: the value of a header by its name in lower case; nil where it is missing.
  /// - Returns: nil for a delivery that is not signed, or only in a way that does not count (SHA-1).
  init?(_ kind: ForgeKind, at now: Instant, _ header: (String) -> String?) {
    switch kind {
    case .github:
      guard let code = header("x-hub-signature-256").flatMap({ Self.code($0, after: "sha256=") }) else { return nil }
      self = .codes([code], prefix: [], isStandard: false)
    case .gitea:
      // Forgejo sends Gitea's headers too; its own, if there is one, decides alone.
      let written = header("x-forgejo-signature") ?? header("x-gitea-signature")
      guard let code = written.flatMap({ Self.code($0, after: "") }) else { return nil }
      self = .codes([code], prefix: [], isStandard: false)
    case .gitlab:
      if let signature = header("webhook-signature") {
        guard let claim = Self.standard(signature, at: now, header) else { return nil }
        self = claim
      } else if let token = header("x-gitlab-token") {
        self = .token(token)
      } else {
        return nil
      }
    }
  }

  private static func code(_ text: String, after prefix: String) -> [UInt8]? {
    guard text.hasPrefix(prefix), let code = [UInt8](hex: String(text.dropFirst(prefix.count))), code.count == 32 else {
      return nil
    }
    return code
  }

  /// Standard Webhooks: `v1,<base64>` over `id.timestamp.body`, several with spaces between.
  private static func standard(_ signature: String, at now: Instant, _ header: (String) -> String?) -> WebhookClaim? {
    guard let id = header("webhook-id"), let written = header("webhook-timestamp"), let seconds = Int64(written),
      (0...4_000_000_000).contains(seconds)
    else { return nil }
    let distance = (now - Instant(milliseconds: seconds * 1000)).milliseconds
    guard abs(distance) <= timeTolerance.milliseconds else { return nil }
    let codes = signature.split(separator: " ").prefix(codesLimit).filter { $0.hasPrefix("v1,") }
      .compactMap { [UInt8](base64: $0.dropFirst(3)) }.filter { $0.count == 32 }
    return codes.isEmpty ? nil : .codes(codes, prefix: Array("\(id).\(written).".utf8), isStandard: true)
  }

  /// The id under which a forge repeats a delivery.
  static func delivery(_ kind: ForgeKind, _ header: (String) -> String?) -> String? {
    switch kind {
    case .github: header("x-github-delivery")
    case .gitea: header("x-forgejo-delivery") ?? header("x-gitea-delivery")
    case .gitlab: header("webhook-id") ?? header("idempotency-key") ?? header("x-gitlab-event-uuid")
    }
  }
}

extension Secret {
  /// The key of codes over deliveries. Standard Webhooks writes keys as `whsec_` and Base64.
  func webhookKey(isStandard: Bool) -> [UInt8] {
    let text = String(decoding: reveal(), as: UTF8.self)
    guard isStandard, text.hasPrefix("whsec_"), let key = [UInt8](base64: text.dropFirst(6)), !key.isEmpty else {
      return reveal()
    }
    return key
  }
}
