import Approvals
import Diagnostics
import Digest
import Forges
import HTTPClient
import Operations
import Reconciling

/// Tells the forge what becomes of changes: at each commit whether it is in force, or what it waits for.
///
/// Nothing waits for it and nothing rests on it. A forge that fails is left alone for longer and longer.
final class ForgeDesk {
  private static let statusesLimit = 20
  /// What people or time can still put right is no failure, but for what somebody rejected.
  private static let waiting = Diagnostic.waiting.subtracting(["approval.rejected"])

  private let token: Secret
  private let client = HTTPClient(limits: .init(connectMilliseconds: 3_000, totalMilliseconds: 8_000))
  private var said: [String: String] = [:]
  private var rest = ForgeRest()
  private(set) var trouble: Trouble?

  init(token: Secret) { self.token = token }

  /// - Parameter pin: the policy in force: what was judged may not have been applied yet.
  func tell(_ judged: JudgedPolicy, pin: PolicyPin?, at now: Instant) {
    guard let location = judged.state.forge else {
      trouble = nil
      return
    }
    guard now >= rest.until else { return }
    do {
      let forge = try Forge(location, token: token, client: client)
      try setStatuses(judged.judgement, isInForce: pin == judged.judgement.pin, forge, at: now)
      rest.succeeded()
      trouble = nil
    } catch let error as ForgeError {
      trouble = rest.failed(error, at: now)
    } catch { trouble = Trouble(error) }
  }

  // MARK: Statuses

  private func setStatuses(_ judgement: Judgement, isInForce: Bool, _ forge: Forge, at now: Instant) throws {
    if isInForce {
      for accepted in judgement.accepted.suffix(Self.statusesLimit) {
        try say(.success, "in force, policy version \(accepted.version)", of: accepted.commit.id, forge, at: now)
      }
    }
    guard let refused = judgement.refused else { return }
    let reasons = refused.reasons
    let isWaiting = !reasons.isEmpty && Set(reasons.map(\.id)).isSubset(of: Self.waiting)
    let words = reasons.first?.message ?? "not in force"
    try say(isWaiting ? .pending : .failure, words, of: refused.commit.id, forge, at: now)
  }

  private func say(_ status: CommitStatus, _ words: String, of commit: String, _ forge: Forge, at now: Instant) throws {
    let text = status.rawValue + " " + words
    guard said[commit] != text else { return }
    try forge.setStatus(of: commit, status, words, at: now)
    if said.count >= 1000 { said = [:] }
    said[commit] = text
  }
}
