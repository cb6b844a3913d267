import Diagnostics
import Digest
import Glibc
import TestSupport
import Testing

@testable import Commands

@Suite struct KeyStoreTests {
  @Test func theConfigurationDirectoryFollowsTheEnvironment() {
    #expect(KeyStore(environment: ["XDG_CONFIG_HOME": "/c", "HOME": "/h"]).folder == "/c/purser")
    #expect(KeyStore(environment: ["XDG_CONFIG_HOME": "relative", "HOME": "/h"]).folder == "/h/.config/purser")
    #expect(KeyStore(environment: ["HOME": ""]).folder.hasSuffix("/.config/purser"))
  }

  @Test func aKeyIsMadeOnceAndReadAgain() throws {
    let scratch = try ScratchFolder()
    let store = KeyStore(folder: scratch.path("deep/purser"))
    #expect(problem { _ = try store.auditKey(path: nil) } == "key.unreadable")
    let made = try store.auditKeyOrNew(path: nil)
    #expect(made.isNew)
    #expect(try store.auditKey(path: nil).publicKey == made.key.publicKey)
    #expect(try !store.auditKeyOrNew(path: nil).isNew)
    #expect(PublicKey(openSSH: try scratch.read("deep/purser/audit_key.pub")) == made.key.publicKey)
  }

  @Test func unusableKeysAreExplained() throws {
    let scratch = try ScratchFolder()
    let key = try #require(PrivateKey(seed: [UInt8](repeating: 7, count: 32)))
    let path = try scratch.write(key.openSSH(comment: "test"), to: "key")
    let store = KeyStore(folder: scratch.path)
    chmod(path, 0o644)
    #expect(problem { _ = try store.auditKey(path: path) } == "key.too_open")
    chmod(path, 0o600)
    #expect(try store.auditKey(path: path).publicKey == key.publicKey)
    chmod(try scratch.write("nonsense", to: "other"), 0o600)
    #expect(problem { _ = try store.auditKey(path: scratch.path("other")) } == "key.unusable")
  }

  private func problem(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? Diagnostic)?.id
    }
  }
}
