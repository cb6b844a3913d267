import TestSupport
import Testing

@testable import Digest

/// Signatures by every kind of key, judged here and by ssh-keygen: both must say the same.
@Suite struct SignatureTests {
  let keys: TestKeys
  static let message = Array("What was agreed\n".utf8)

  init() throws { keys = try TestKeys() }

  @Test(arguments: TestKeys.Kind.allCases) func whatSSHKeygenSignsIsValid(kind: TestKeys.Kind)
    throws
  {
    let key = try keys.make(kind)
    #expect(key.kind.rawValue == kind.name)
    #expect(try keys.fingerprint(kind) == key.fingerprint)
    for hash in ["sha256", "sha512"] {
      let text = try keys.sign(Self.message, kind, hash: hash)
      let signature = try #require(SSHSignature(armoured: text))
      #expect(signature.key == key && signature.isValid(for: Self.message, namespace: "test"))
      #expect(!signature.isValid(for: Self.message + [0], namespace: "test"))
      #expect(
        !signature.isValid(for: Self.message)
          && !signature.isValid(for: Self.message, namespace: "tes"))
      #expect(signature.armoured == text, "one way to write it")
    }
  }

  @Test(arguments: TestKeys.Kind.allCases) func aMutatedSignatureIsRefusedByBoth(
    kind: TestKeys.Kind
  ) throws {
    try keys.make(kind)
    let text = try keys.sign(Self.message, kind)
    let blob = try #require(TestKeys.blob(of: text))
    var random = SplitMix64(seed: UInt64(kind.rawValue) + 41)
    var accepted = 0
    for _ in 0..<30 {
      var altered = blob
      let index = Int.random(in: altered.indices, using: &random)
      altered[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      let armoured = TestKeys.armour(altered)
      let ours =
        SSHSignature(armoured: armoured)?.isValid(for: Self.message, namespace: "test") ?? false
      #expect(
        try keys.accepts(armoured, of: Self.message) == ours, "seed \(random.seed), byte \(index)")
      // The version is not signed, and 0 is no other format.
      if ours { accepted += 1 }
    }
    #expect(accepted <= 2)
  }

  @Test func theArmourIsReadAsSSHKeygenReadsIt() throws {
    try keys.make(.ecdsa256)
    let text = try keys.sign(Self.message, .ecdsa256)
    let lines = text.split(separator: "\n")
    let last = lines[lines.count - 2]
    let variants = [
      text, "\n" + text, "x" + text, text + "more\n", String(text.dropLast()),
      String(text.dropLast(2)),
      text.replacing("\n", with: "\r\n"), text.replacing("\n", with: "\n \t"),
      lines.joined(separator: ""),
      lines.joined(separator: "\n\n"), text.replacing(last, with: last.dropLast()),
      text.replacing(last, with: last + "="),
      text.replacing(last, with: "*" + last),
      text.replacing("SSH SIGNATURE", with: "SSH  SIGNATURE"), "",
      text.replacing(last, with: last.replacing("=", with: "") + "A"),
    ]
    var valid = 0
    for (index, variant) in variants.enumerated() {
      let ours =
        SSHSignature(armoured: variant)?.isValid(for: Self.message, namespace: "test") ?? false
      #expect(try keys.accepts(variant, of: Self.message) == ours, "variant \(index)")
      if ours { valid += 1 }
    }
    #expect((3...8).contains(valid))
  }

  @Test func aShortRSAKeyAndSHA1AreRefused() throws {
    let short = try keys.generate("short", ["-t", "rsa", "-b", "1024"])
    #expect(PublicKey(openSSH: short) == nil)
    let key = try keys.make(.rsa)
    let digest = sha512(Self.message)
    let preimage =
      Array("SSHSIG".utf8) + wireString(Array("test".utf8)) + wireString([])
      + wireString(Array("sha512".utf8))
      + wireString(digest)
    func signature(_ name: String, _ hash: String) throws -> String {
      let raw = try keys.openSSL(preimage, .rsa, hash: hash)
      return TestKeys.armour(
        TestKeys.envelope(key, wireString(Array(name.utf8)) + wireString(raw)))
    }
    for (name, hash, isGood) in [
      ("rsa-sha2-512", "sha512", true), ("rsa-sha2-256", "sha256", true),
      ("ssh-rsa", "sha1", false),
      ("rsa-sha2-256", "sha1", false), ("rsa-sha2-512", "sha256", false),
      ("ssh-rsa", "sha512", false),
    ] {
      let text = try signature(name, hash)
      #expect(
        (SSHSignature(armoured: text)?.isValid(for: Self.message, namespace: "test") ?? false)
          == isGood)
      #expect(try keys.accepts(text, of: Self.message) == isGood, "\(name) over \(hash)")
    }
  }

  /// PROTOCOL.u2f, with a key in a file in place of a security key.
  @Test(arguments: [PublicKey.Kind.securityEd25519, .securityECDSA]) func aSecurityKeyMustBeTouched(
    kind: PublicKey.Kind
  ) throws {
    let application = Array("ssh:purser".utf8)
    let name = wireString(Array(kind.rawValue.utf8))
    let inner = try keys.make(kind == .securityEd25519 ? .ed25519 : .ecdsa256)
    var reader = WireReader(inner.wire)
    _ = reader.string()
    var rest: [UInt8] = []
    while let field = reader.string() { rest += wireString(field) }
    let key = try #require(PublicKey(wire: name + rest + wireString(application)))
    #expect(PublicKey(openSSH: "\(key) comment") == key && key != inner)
    let preimage =
      Array("SSHSIG".utf8) + wireString(Array("test".utf8)) + wireString([])
      + wireString(Array("sha512".utf8))
      + wireString(sha512(Self.message))
    for (flags, isTouched) in [(UInt8(1), true), (5, true), (0, false), (4, false)] {
      let stamp = [flags] + wireInteger(7)
      let signed = SHA256Digest(of: application).bytes + stamp + SHA256Digest(of: preimage).bytes
      let raw =
        kind == .securityEd25519
        ? try keys.privateKey(.ed25519).signature(of: signed)
        : try TestKeys.numbers(ofDER: keys.openSSL(signed, .ecdsa256, hash: "sha256"))
      func text(_ stamp: [UInt8]) -> String {
        TestKeys.armour(TestKeys.envelope(key, name + wireString(raw) + stamp))
      }
      let signature = try #require(SSHSignature(armoured: text(stamp)))
      #expect(signature.isValid(for: Self.message, namespace: "test") == isTouched)
      #expect(
        try keys.accepts(text(stamp), of: Self.message), "ssh-keygen leaves the touch to its caller"
      )
      // As a person whose key it is: OpenSSH believes the same key, and no other.
      #expect(try keys.verifies(text(stamp), of: Self.message, by: key))
      #expect(try !keys.verifies(text(stamp), of: Self.message, by: inner))
      #expect(try !keys.verifies(text(stamp), of: Self.message + [0], by: key))
      #expect(!signature.isValid(for: Self.message + [0], namespace: "test"))
      #expect(!signature.isValid(for: Self.message, namespace: "git"))
      for other in [[flags] + wireInteger(8), [flags ^ 2] + wireInteger(7), [flags], stamp + [0]] {
        #expect(
          SSHSignature(armoured: text(other))?.isValid(for: Self.message, namespace: "test") != true
        )
      }
    }
  }

  @Test(arguments: TestKeys.Kind.allCases) func aDamagedKeyIsNone(kind: TestKeys.Kind) throws {
    let key = try keys.make(kind)
    let blob = key.wire
    #expect(
      PublicKey(wire: blob) == key && PublicKey(wire: blob + [0]) == nil
        && PublicKey(wire: []) == nil)
    #expect(PublicKey(openSSH: "ssh-dss \(blob.base64)") == nil)
    #expect(PublicKey(openSSH: "\(kind.name) \(blob.base64)=") == nil)
    for count in [1, 4, blob.count / 2, blob.count - 1] {
      #expect(PublicKey(wire: Array(blob.prefix(count))) == nil)
    }
    // The same number with another zero before it would be a second name for the key.
    if kind == .rsa {
      var reader = WireReader(blob)
      _ = reader.string()
      let (first, second) = (reader.string(), reader.string())
      let (exponent, modulus) = try (#require(first), #require(second))
      let name = wireString(Array(kind.name.utf8))
      #expect(PublicKey(wire: name + wireString(exponent) + wireString(modulus)) == key)
      #expect(PublicKey(wire: name + wireString([0] + exponent) + wireString(modulus)) == nil)
      #expect(PublicKey(wire: name + wireString(exponent) + wireString([0] + modulus)) == nil)
      #expect(
        PublicKey(wire: name + wireString([1]) + wireString(modulus)) == nil, "anyone could sign")
    }
    // A point on no curve, and one written in its short form.
    if kind.name.hasPrefix("ecdsa") {
      var altered = blob
      altered[altered.count - 1] ^= 1
      #expect(PublicKey(wire: altered) == nil)
    }
  }

  /// Such keys come in with the signature of any commit that anybody pushes.
  @Test(arguments: [1, 64, 66, 200, 70_000]) func aPointOfAnotherLengthIsNoKey(count: Int) {
    let point = [4] + [UInt8](repeating: 7, count: count - 1)
    for (kind, curve) in [("ecdsa-sha2-nistp256", "nistp256"), ("ecdsa-sha2-nistp521", "nistp521")] {
      let blob = [kind, curve].flatMap { wireString(Array($0.utf8)) } + wireString(point)
      #expect(PublicKey(wire: blob) == nil)
      #expect(PublicKey(openSSH: "\(kind) \(blob.base64)") == nil)
    }
  }
}
