import Testing

@testable import Digest

@Suite struct DigestTests {
  /// FIPS 180-4's example.
  @Test func sha256() {
    #expect(
      SHA256Digest(of: "abc").description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  /// RFC 8032 §7.1, test 2.
  @Test func ed25519() throws {
    let seed = try #require([UInt8](hex: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    let key = try #require(PrivateKey(seed: seed))
    #expect(
      key.publicKey.wire.suffix(32).map { $0 }.hex == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    )
    #expect(key.signature(of: [0x72]).hex.hasPrefix("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8f"))
    let signature = wireString(Array("ssh-ed25519".utf8)) + wireString(key.signature(of: [0x72]))
    #expect(key.publicKey.verifies(signature, of: [0x72]) && !key.publicKey.verifies(signature, of: [0x73]))
  }

  @Test func keyFilesAndSignaturesRoundTrip() throws {
    let key = try #require(PrivateKey(seed: [UInt8](0..<32)))
    let read = try PrivateKey(openSSH: key.openSSH(comment: "a@b"))
    #expect(read.publicKey == key.publicKey)
    let message = Array("tree 1".utf8)
    let signature = try #require(SSHSignature(armoured: SSHSignature.sign(message, with: key)))
    #expect(signature.key == key.publicKey && signature.isValid(for: message))
    #expect(!signature.isValid(for: message + [0]) && !signature.isValid(for: message, namespace: "file"))
  }
}
