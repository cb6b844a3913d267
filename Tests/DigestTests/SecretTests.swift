import Digest
import Testing

@Suite struct SecretTests {
  @Test func aSecretShowsItselfNowhere() throws {
    let canary = "canary-0f9a31"
    let secret = try #require(Secret(" \(canary)\n"))
    struct Holder { var secret: Secret }
    var dumped = ""
    dump(Holder(secret: secret), to: &dumped)
    dump(secret, to: &dumped)
    for text in ["\(secret)", "\(Holder(secret: secret))", String(reflecting: secret), "\([secret])", dumped] {
      #expect(!text.contains(canary) && !text.contains("99, 97"), "\(text)")
    }
    #expect(secret.reveal() == Array(canary.utf8))
  }

  @Test(arguments: [
    "", " \n", "two words", "line\r\nX-Evil: 1", "caf\u{e9}", "nul\0", String(repeating: "x", count: 4097),
  ])
  func refusesWhatIsNoToken(_ text: String) { #expect(Secret(text) == nil) }

  @Test func comparesWhole() throws {
    let secret = try #require(Secret("s3cret"))
    #expect(secret.isSame(as: "s3cret".utf8))
    for other in ["", "s3cre", "s3crets", "S3cret", "t3cret"] { #expect(!secret.isSame(as: other.utf8)) }
  }
}

@Suite struct MessageCodeTests {
  /// RFC 2202 §3, test cases 1 and 2.
  @Test func hmacSHA1() {
    let one = MessageCode.sha1(of: Array("Hi There".utf8), under: [UInt8](repeating: 0x0b, count: 20))
    #expect(one.hex == "b617318655057264e28bc0b6fb378c8ef146be00")
    let two = MessageCode.sha1(of: Array("what do ya want for nothing?".utf8), under: Array("Jefe".utf8))
    #expect(two.hex == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
  }

  /// The example of GitHub's documentation, and RFC 4231 §4.2, §4.3 and §4.7 (a key longer than a block).
  @Test(arguments: [
    (
      Array("It's a Secret to Everybody".utf8), "Hello, World!",
      "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    ),
    (
      [UInt8](repeating: 0x0b, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func vectors(_ key: [UInt8], _ message: String, _ code: String) throws {
    #expect(MessageCode.of(message.utf8, under: key).bytes.hex == code)
    var maker = MessageCodeMaker(key: key)
    for byte in message.utf8 { maker.update([byte]) }
    let inPieces = maker.finish()
    #expect(inPieces.bytes.hex == code)
    var other = try #require([UInt8](hex: code))
    #expect(inPieces.isSame(as: other))
    other[31] ^= 1
    #expect(!inPieces.isSame(as: other) && !inPieces.isSame(as: []) && !inPieces.isSame(as: Array(other[..<31])))
  }
}
