public import DesiredState
public import Diagnostics
public import Digest

extension DesiredState {
  /// The public key of the daemon that writes the audit branch; nil where the repository names none.
  public var auditKey: PublicKey? {
    names(of: .repository).lazy.compactMap { name in
      (resources[.init(.repository, name)] ?? []).lazy.compactMap { $0.fields["audit_key"]?.text }.first
    }.first.flatMap { PublicKey(openSSH: $0) }
  }
}

extension Change {
  /// Why the daemon that has `key` cannot carry it out: it would write a trail that nobody could verify. A change that
  /// leaves the audit key as it is passes: whether the key in force is the daemon's is no question about a change.
  func auditKeyReason(_ key: PublicKey?) -> Diagnostic? {
    guard let key, let named = after.auditKey, named != key, named != before.auditKey else { return nil }
    return .auditKey(named, not: key)
  }
}

extension Diagnostic {
  /// The reason against a change that names another audit key than the daemon has.
  public static let auditKeyID = "approval.audit_key"

  /// - Parameters:
  ///   - named: the key that a change names.
  ///   - key: the daemon's.
  public static func auditKey(_ named: PublicKey, not key: PublicKey) -> Diagnostic {
    Diagnostic(
      auditKeyID, "it names the audit key \(named.fingerprint), but the daemon signs with \(key.fingerprint)",
      hint:
        "if the key is to be rotated, restart the daemon with the private key of the new one (purser run --audit-key"
        + " FILE); if not, revert the commit")
  }
}
