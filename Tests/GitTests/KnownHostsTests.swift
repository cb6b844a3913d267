import Digest
import TestSupport
import Testing

@testable import Git

/// Whose key a host shows, by files in the format of `known_hosts` (sshd(8)).
@Suite struct KnownHostsTests {
  private static let key = wire("ssh-ed25519", 1)
  private static let another = wire("ssh-ed25519", 2)
  private static let rsa = wire("ssh-rsa", 3)

  private static func wire(_ kind: String, _ seed: UInt8) -> HostKey {
    HostKey(wire: [0, 0, 0, UInt8(kind.utf8.count)] + Array(kind.utf8) + [0, 0, 0, 4, seed, seed, seed, seed])
  }

  private static func line(_ names: String, _ key: HostKey, _ marker: String = "") -> String {
    "\(marker)\(names) \(key.kind) \(key.wire.base64) a comment\n"
  }

  private static func hashed(_ name: String, _ key: HostKey) -> String {
    let salt: [UInt8] = Array(0..<20)
    return line("|1|\(salt.base64)|\(MessageCode.sha1(of: Array(name.utf8), under: salt).base64)", key)
  }

  @Test(
    arguments: [
      ("", .unknown), ("# \(line("host", key))", .unknown), (line("host", key), .known),
      (line("other,host,10.0.0.1", key), .known), (line("HOST", key), .known), (line("[host]:22", key), .unknown),
      (line("ho?t", key), .known), (line("h*", key), .known), (line("*", key), .known), (line("h*x", key), .unknown),
      (line("*o*s*", key), .known), (line("*,!host", key), .unknown), (line("!host,*", key), .unknown),
      (hashed("host", key), .known), (hashed("other", key), .unknown),
      (line("host", rsa) + line("host", key), .known),
      (line("host", another), .other([another])), (line("host", rsa), .other([rsa])),
      (hashed("host", another), .other([another])),
      // Whatever else stands there, and in whatever order.
      (line("host", key, "@revoked ") + line("host", key), .revoked),
      (line("host", key) + line("*", key, "@revoked "), .revoked),
      (line("host", key) + line("elsewhere", key, "@revoked "), .revoked),
      (line("host", key) + line("host", another, "@revoked "), .known),
      (line("host", another, "@revoked "), .unknown),
      (line("host", key, "@cert-authority "), .unknown), (line("host", key, "@else "), .unknown),
    ] as [(String, KnownHosts.Standing)])
  func aKeyStandsAsTheFileSays(text: String, standing: KnownHosts.Standing) {
    #expect(KnownHosts(text).standing(of: Self.key, for: "host") == standing, "\(text)")
  }

  @Test func whatIsNoKeyHasNoKind() {
    for wire in [[], [0], [0, 0, 0, 9, 1], [255, 255, 255, 255]] as [[UInt8]] {
      #expect(HostKey(wire: wire).kind == "")
    }
  }
}
