import Diagnostics
import Digest
import FoundationEssentials
import Git
import Glibc

/// The key with which the user signs statements: the one with which git signs the user's commits.
///
/// An Ed25519 key in a plain file is used as it is. Every other key that git can sign with (with a passphrase, in an agent,
/// in a security key, RSA, ECDSA) is left to `ssh-keygen`, as git leaves it: it asks its user itself.
struct SigningKey {
  private enum Means {
    case here(PrivateKey)
    case program(SSHKeygen)
  }

  let publicKey: PublicKey
  private let means: Means

  /// A key that Purser keeps itself.
  init(_ stored: KeyStore.StoredKey) {
    publicKey = stored.key.publicKey
    means = .here(stored.key)
  }

  private init(publicKey: PublicKey, means: Means) {
    self.publicKey = publicKey
    self.means = means
  }

  /// - Parameter given: a private key or its public half; nil for the key that git is set up with.
  static func find(given: String?, in repository: Repository, keys: KeyStore = KeyStore())
    throws(Diagnostic)
    -> SigningKey
  {
    let program = repository.configuration("gpg.ssh.program") ?? "ssh-keygen"
    if let given { return try file(given, program) }
    let configured = repository.configuration("user.signingkey") ?? ""
    if repository.configuration("gpg.format") == "ssh", !configured.isEmpty {
      guard let key = literal(configured) else { return try file(User.path(configured), program) }
      return SigningKey(
        publicKey: key, means: .program(SSHKeygen(program: program, key: .agent(key))))
    }
    let command = repository.configuration("gpg.ssh.defaultKeyCommand") ?? ""
    if repository.configuration("gpg.format") == "ssh", !command.isEmpty {
      let key = try defaultKey(command)
      return SigningKey(publicKey: key, means: .program(SSHKeygen(program: program, key: .agent(key))))
    }
    guard access(keys.signingKeyPath, F_OK) == 0 else {
      throw Diagnostic(
        "key.none",
        configured.isEmpty
          ? "git has no signing key configured here" : "your git signs with GPG, not with SSH",
        hint:
          "configure the key listed in your Person: git config gpg.format ssh, and git config user.signingkey"
          + " FILE.pub; or give --key FILE")
    }
    return try file(keys.signingKeyPath, program)
  }

  /// A key that git's configuration holds itself, and an agent has the secret of: `key::ssh-ed25519 AAAA…`.
  static func literal(_ configured: String) -> PublicKey? {
    PublicKey(openSSH: configured.hasPrefix("key::") ? String(configured.dropFirst(5)) : configured)
  }

  /// The key that git's own command for it names, on its first line (git-config(1), `gpg.ssh.defaultKeyCommand`).
  private static func defaultKey(_ command: String) throws(Diagnostic) -> PublicKey {
    let printed = try SSHKeygen.output(of: ["/bin/sh", "-c", command])
    let line = printed.flatMap { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isNewline).first }
    guard let key = line.flatMap({ literal(String($0)) }) else {
      throw Diagnostic(
        "key.none", "git's gpg.ssh.defaultKeyCommand named no key that Purser can use: '\(withoutSecrets(command))'",
        hint: "its first line must be 'key::' and a public key, as 'ssh-add -L' lists them; or give --key FILE")
    }
    return key
  }

  private static func file(_ path: String, _ program: String) throws(Diagnostic) -> SigningKey {
    let secret = path.hasSuffix(".pub") ? String(path.dropLast(4)) : path
    if access(secret, F_OK) == 0, let key = try? KeyStore.read(secret) {
      return SigningKey(publicKey: key.publicKey, means: .here(key))
    }
    guard let line = FileManager.default.contents(atPath: secret + ".pub") else {
      throw Diagnostic(
        "key.unreadable", "there is no public key at '\(secret).pub'",
        hint:
          "give the key listed in your Person with --key; 'ssh-keygen -y -f KEY > KEY.pub' writes its public half"
      )
    }
    let text = String(decoding: line, as: UTF8.self)
    if text.prefix(while: { !$0.isWhitespace }).contains("-cert-v") {
      let plain = secret.hasSuffix("-cert") ? String(secret.dropLast(5)) : "KEY"
      throw Diagnostic(
        "key.certificate", "'\(secret).pub' is a certificate, and a Person lists plain public keys",
        hint: "sign with the key that it certifies: --key \(plain).pub")
    }
    guard let key = PublicKey(openSSH: text) else {
      throw Diagnostic(
        "key.unusable", "'\(secret).pub' is not a kind of key that Purser can verify",
        hint: "use Ed25519, ECDSA, or RSA with 2048 bits or more: ssh-keygen -t ed25519")
    }
    return SigningKey(
      publicKey: key, means: .program(SSHKeygen(program: program, key: .file(secret))))
  }

  /// Signs a text in a namespace.
  /// - Returns: the armoured signature, checked.
  func sign(_ text: [UInt8], namespace: String) throws(Diagnostic) -> String {
    switch means {
    case .here(let key): return SSHSignature.sign(text, with: key, namespace: namespace)
    case .program(let keygen):
      let armoured = try keygen.sign(text, namespace: namespace)
      guard let signature = SSHSignature(armoured: armoured), signature.key == publicKey,
        signature.isValid(for: text, namespace: namespace)
      else {
        throw Diagnostic(
          "key.wrong_signature",
          "'\(keygen.program)' did not sign with \(publicKey.fingerprint)",
          hint: "give the key with --key")
      }
      return armoured
    }
  }
}
