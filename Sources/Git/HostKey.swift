internal import Clibgit2
internal import Glibc

extension Connection {
  /// Judges the host key or certificate that the other side showed. `isValid` is libgit2's own opinion, which counts for
  /// certificates alone: of `known_hosts` it does not read who is revoked.
  func judge(_ certificate: UnsafeMutablePointer<git_cert>?, isValid: Bool) -> Int32 {
    guard let certificate, certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else {
      return isValid ? 0 : stop("this machine does not trust its certificate")
    }
    let shown = UnsafeRawPointer(certificate).loadUnaligned(as: git_cert_hostkey.self)
    guard shown.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0, let start = shown.hostkey else {
      return stop("its host key cannot be read")
    }
    let key = HostKey(wire: Array(UnsafeRawBufferPointer(start: start, count: shown.hostkey_len)))
    let place = credentials.knownHostsPath ?? host?.knownHosts?.first ?? "~/.ssh/known_hosts"
    switch KnownHosts(files: knownHostsFiles).standing(of: key, for: knownHostName) {
    case .known: return 0
    case .revoked:
      return stop(
        "its host key \(key) is marked @revoked in \(place) or for the whole computer: others may hold that key, and whoever"
          + " answers need not be this host; ask its administrator for its new key")
    case .other(let known):
      let words = known.map(\.description).joined(separator: ", ")
      let change =
        known.contains { $0.kind == key.kind }
        ? "its host key has changed: it shows \(key), and \(place) names \(words)"
        : "its host key \(key) is not the one that \(place) names, \(words)"
      return stop(
        "\(change); somebody may stand between you and this host: trust the new key only when its administrator has told you"
          + " the same fingerprint")
    case .unknown:
      let port = port.map { "-p \($0) " } ?? ""
      return stop(
        "its host key \(key) is not in \(place); if this host is new, compare its fingerprint with what its administrator"
          + " says and run: ssh-keyscan -t ed25519 \(port)\(host?.name ?? address.host) >> \(place)")
    }
  }

  private var port: UInt16? { address.port ?? host?.port }

  /// The name under which `known_hosts` keeps the host's key.
  private var knownHostName: String {
    if let alias = host?.keyAlias { return alias }
    let name = host?.name ?? address.host
    return port.map { $0 == 22 ? name : "[\(name)]:\($0)" } ?? name
  }

  /// Where ssh(1) looks, too.
  private var knownHostsFiles: [String] {
    if let path = credentials.knownHostsPath { return [path] }
    let own = host?.knownHosts ?? [SSHKeys.home + "/.ssh/known_hosts"]
    return own + ["/etc/ssh/ssh_known_hosts"]
  }
}
