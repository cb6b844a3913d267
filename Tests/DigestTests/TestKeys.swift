import TestSupport
import Testing

@testable import Digest

/// Real keys in a folder, and what the command lines of OpenSSH and OpenSSL say about them.
struct TestKeys {
  enum Kind: Int, CaseIterable {
    case ed25519, ecdsa256, ecdsa384, ecdsa521, rsa

    var name: String { kind.rawValue }

    var kind: PublicKey.Kind {
      switch self {
      case .ed25519: .ed25519
      case .ecdsa256: .ecdsa256
      case .ecdsa384: .ecdsa384
      case .ecdsa521: .ecdsa521
      case .rsa: .rsa
      }
    }

    var options: [String] {
      switch self {
      case .ed25519: ["-t", "ed25519"]
      case .ecdsa256: ["-t", "ecdsa", "-b", "256", "-m", "PEM"]
      case .ecdsa384: ["-t", "ecdsa", "-b", "384"]
      case .ecdsa521: ["-t", "ecdsa", "-b", "521"]
      case .rsa: ["-t", "rsa", "-b", "2048", "-m", "PEM"]
      }
    }
  }

  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func run(_ program: String, _ arguments: String..., input: String? = nil) throws
    -> ChildProcess.Result
  {
    var words = [program] + arguments
    if let input { words = ["sh", "-c", "exec \"$@\" < \(input)", "sh"] + words }
    return try ChildProcess.run(
      words[0], Array(words.dropFirst()), in: scratch.path,
      environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": scratch.path])
  }

  /// Makes a key and returns the line of its public half.
  func generate(_ name: String, _ options: [String]) throws -> String {
    let result = try ChildProcess.run(
      "ssh-keygen",
      ["-q", "-N", "", "-C", "someone@example.test", "-f", scratch.path(name)] + options,
      environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": scratch.path])
    try #require(result.status == 0, "\(result.errors)")
    return try scratch.read(name + ".pub")
  }

  @discardableResult
  func make(_ kind: Kind) throws -> PublicKey {
    let line = try generate("\(kind)", kind.options)
    return try #require(PublicKey(openSSH: line))
  }

  func privateKey(_ kind: Kind) throws -> PrivateKey {
    try PrivateKey(openSSH: scratch.read("\(kind)"))
  }

  func fingerprint(_ kind: Kind) throws -> String {
    let words = try run("ssh-keygen", "-l", "-f", "\(kind).pub").output.split(separator: " ")
    return try String(#require(words.dropFirst().first))
  }

  func sign(_ message: [UInt8], _ kind: Kind, hash: String = "sha512") throws -> String {
    try scratch.write(bytes: message, to: "message")
    let result = try run(
      "ssh-keygen", "-q", "-Y", "sign", "-n", "test", "-O", "hashalg=\(hash)", "-f", "\(kind)",
      input: "message")
    try #require(result.status == 0, "\(result.errors)")
    return result.output
  }

  /// What `ssh-keygen -Y check-novalidate` says: whether the signature is right, whoever made it.
  func accepts(_ armoured: String, of message: [UInt8]) throws -> Bool {
    try scratch.write(bytes: message, to: "message")
    try scratch.write(armoured, to: "signature")
    return try run(
      "ssh-keygen", "-Y", "check-novalidate", "-n", "test", "-s", "signature", input: "message"
    ).status == 0
  }

  /// What `ssh-keygen -Y verify` says where one key is allowed to sign in the namespace.
  func verifies(_ armoured: String, of message: [UInt8], by key: PublicKey) throws -> Bool {
    try scratch.write(bytes: message, to: "message")
    try scratch.write(armoured, to: "signature")
    try scratch.write("someone@example.test namespaces=\"test\" \(key)\n", to: "allowed")
    return try run(
      "ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "someone@example.test", "-n", "test", "-s", "signature",
      input: "message"
    ).status == 0
  }

  /// A bare signature by OpenSSL, which takes any hash.
  func openSSL(_ message: [UInt8], _ kind: Kind, hash: String) throws -> [UInt8] {
    try scratch.write(bytes: message, to: "preimage")
    let result = try run(
      "sh", "-c", "openssl dgst -\(hash) -sign \(kind) -out raw preimage && base64 raw")
    try #require(result.status == 0, "\(result.errors)")
    return try #require([UInt8](base64: result.output))
  }

  // MARK: Forms

  static func blob(of armoured: String) -> [UInt8]? {
    [UInt8](base64: armoured.split(separator: "\n").dropFirst().dropLast().joined())
  }

  static func armour(_ blob: [UInt8]) -> String {
    "-----BEGIN SSH SIGNATURE-----\n\(blob.base64)\n-----END SSH SIGNATURE-----\n"
  }

  /// PROTOCOL.sshsig, in the namespace `test` with SHA-512.
  static func envelope(_ key: PublicKey, _ signature: [UInt8]) -> [UInt8] {
    Array("SSHSIG".utf8) + wireInteger(1) + wireString(key.wire) + wireString(Array("test".utf8))
      + wireString([])
      + wireString(Array("sha512".utf8)) + wireString(signature)
  }

  /// The two numbers of an ECDSA signature as SSH writes them.
  static func numbers(ofDER der: [UInt8]) throws -> [UInt8] {
    // SEQUENCE { INTEGER r, INTEGER s }, all shorter than 128 bytes on this curve.
    let first = Int(der[3])
    let r = der[4..<(4 + first)]
    let s = der[(6 + first)...]
    return wireString(Array(r)) + wireString(Array(s))
  }
}
