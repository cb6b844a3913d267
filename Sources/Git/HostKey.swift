internal import Clibgit2
internal import Digest
internal import FoundationEssentials

extension Connection {
  /// Judges the host key or certificate that the other side showed. `isValid` is libgit2's own opinion: for SSH, that
  /// `~/.ssh/known_hosts` names this key.
  func judge(_ certificate: UnsafeMutablePointer<git_cert>?, isValid: Bool) -> Int32 {
    guard let certificate, certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else {
      return isValid ? 0 : stop("this machine does not trust its certificate")
    }
    guard let path = credentials.knownHostsPath else { return isValid ? 0 : refuse(file: "~/.ssh/known_hosts") }
    let key = UnsafeRawPointer(certificate).loadUnaligned(as: git_cert_hostkey.self)
    guard key.type.rawValue & GIT_CERT_SSH_RAW.rawValue != 0, let start = key.hostkey,
      KnownHosts.file(
        path, names: address.knownHostName, with: Array(UnsafeRawBufferPointer(start: start, count: key.hostkey_len)))
    else { return refuse(file: path) }
    return 0
  }

  private func refuse(file: String) -> Int32 {
    let port = address.port.map { "-p \($0) " } ?? ""
    return stop(
      "its host key is not in \(file); if this host is new, compare its fingerprint with what its administrator says"
        + " and run: ssh-keyscan -t ed25519 \(port)\(address.host) >> \(file)")
  }
}

/// Files in the format of `known_hosts` (sshd(8)), as far as plain names go: hashed names, wildcards and lines with a
/// marker are passed over, which refuses a host rather than trusts it.
enum KnownHosts {
  static func file(_ path: String, names host: String, with key: [UInt8]) -> Bool {
    guard let content = FileManager.default.contents(atPath: path) else { return false }
    return String(decoding: content, as: UTF8.self).split(whereSeparator: \.isNewline).contains { line in
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count >= 3 else { return false }
      return words[0].split(separator: ",").contains { $0 == host } && [UInt8](base64: words[2]) == key
    }
  }
}
