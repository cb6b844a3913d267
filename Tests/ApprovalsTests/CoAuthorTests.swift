import TestSupport
import Testing

@testable import Approvals

/// Co-authors are whom git's own reader of trailers names, and nobody fewer.
@Suite struct CoAuthorTests {
  static let spellings: [(message: String, addresses: [String])] = [
    ("S\n\nCo-authored-by: Ben <ben@x>\n", ["ben@x"]),
    ("S\n\nco-AUTHORED-by: Ben <ben@x>\n", ["ben@x"]),
    ("S\n\nCo-authored-by : Ben <ben@x>\n", ["ben@x"]),
    ("S\n\nCo-authored-by\t \t:Ben<ben@x>\n", ["ben@x"]),
    ("S\n\nCo-authored-by:\n  Ben\n\t<ben@x>\n", ["ben@x"]),
    ("S\n\nCo-authored-by: Ben\n <ben@\n x>\n", ["ben@ x"]),
    ("S\n\nCo-authored-by: Ann <ann@x>\n Ben <ben@x>\n", ["ann@x", "ben@x"]),
    ("S\n\nCo-authored-by: Ann <ann@x>, Ben <ben@x>; Cleo cleo@x\n", ["ann@x", "ben@x", "cleo@x"]),
    ("S\n\nCo-authored-by: Ann <ann@x>\nCo-authored-by: Ben <ben@x>\n", ["ann@x", "ben@x"]),
    ("S\n\nSigned-off-by: Ann <ann@x>\nthis is prose\nCo-authored-by : Ben <ben@x>\n", ["ben@x"]),
    ("S\r\n\r\nCo-authored-by: Ben <ben@x>\r\n", ["ben@x"]),
    ("S\n\nCo-authored-by: Ben \u{2028} <ben@x>\n", ["ben@x"]),
    ("S\n\nCo-authored-by:\u{338} Ben <\u{338}ben@x>\n", ["\u{338}ben@x"]),
    ("S\n\nCo-authored-by: ben@x\n", ["ben@x"]),
    ("S\n\nCo-authored-by: Ben\n", ["Ben"]),
    ("S\n\nCo-authored-by: Ben <ben@x\n", ["ben@x"]),
    ("S\n\nCo-authored-by:\n", []), ("S\n\nCo-authored-by\n", []), ("S\n", []), ("", []),
    ("S\n\nReviewed-by: Ben <ben@x>\nCo-authored-by-nobody: Ben <ben@x>\n", []),
    // Not in the last paragraph, behind a line, in the title, indented, with other separators: git would not say so.
    ("S\n\nCo-authored-by: Ben <ben@x>\n\nMore words.\n", ["ben@x"]),
    ("S\n\nWords.\n---\nCo-authored-by: Ben <ben@x>\n", ["ben@x"]),
    ("Co-authored-by: Ben <ben@x>\n", ["ben@x"]),
    ("S\n\n  Co-authored-by: Ben <ben@x>\n", ["ben@x"]),
    ("S\n\nCo authored by = Ben <ben@x>\n", ["ben@x"]),
    ("S\n\nWords\rCo-authored-by: Ben <ben@x>\n", ["ben@x"]),
    ("S\n\nWords\u{85}Co-authored-by: Ben <ben@x>\n", ["ben@x"]),
  ]

  @Test func everySpellingIsRead() throws {
    for (message, addresses) in Self.spellings {
      #expect(CoAuthors.named(in: message).map(\.email) == addresses, "\(message.debugDescription)")
    }
    try expectAll(Self.spellings.map(\.message), because: "the table")
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func nobodyWhomGitNamesIsMissing(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func pick(_ texts: [String]) -> String { texts[Int.random(in: texts.indices, using: &random)] }
    let messages = (0..<150).map { _ in
      "Subject\n\n"
        + (0..<Int.random(in: 1...5, using: &random)).map { _ in
          pick(["", "", "", "", "", "Words of prose.\n", "\n", "---\n", "# a comment\n", " folded\n"])
            + pick(["Co-authored-by", "Co-authored-by", "co-Authored-By", "CO-AUTHORED-BY", "Signed-off-by", "Fixes"])
            + pick([":", ": ", " :", "\t: ", " \t :", ":\n ", ":\r\n\t", "=", ""])
            + pick(["Ben", "", "Ann, Ben", "B\u{2028}", "B\u{B}", "B:", "#", "é"])
            + pick([" ", "", "\n ", "\n\t ", "\n # ", "\r\n "])
            + pick(["<ben@x>", "<ann@x> <ben@x>", "<ben@x", "<ann@x>\n <ben@x>", "<ben\n @x>", "<\u{338}b@x>", "ben@x"])
            + pick(["\n", "\n", "\n", " \n", "\r\n", "\n\n", "\n \n"])
        }.joined()
    }
    try expectAll(messages, because: "seed \(seed)")
  }

  /// Every address in a value that `git interpret-trailers --parse` gives for `Co-authored-by` must be among those found.
  private func expectAll(_ messages: [String], because reason: String) throws {
    let scratch = try ScratchFolder()
    for (index, message) in messages.enumerated() { try scratch.write(message, to: "\(index).txt") }
    let result = try ChildProcess.run(
      "/bin/sh",
      [
        "-c",
        "for i in $(seq 0 \(messages.count - 1)); do git interpret-trailers --parse < $i.txt > $i.out || exit 1; done",
      ], in: scratch.path,
      environment: ["PATH": "/usr/bin:/bin", "HOME": scratch.path, "GIT_CONFIG_NOSYSTEM": "1"])
    try #require(result.status == 0, "\(result.errors)")
    var named = 0
    for (index, message) in messages.enumerated() {
      let found = Set(CoAuthors.named(in: message).map(\.email))
      for line in Array(try scratch.read("\(index).out").utf8).split(separator: UInt8(ascii: "\n")) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
          String(decoding: line[..<colon], as: UTF8.self).lowercased() == "co-authored-by"
        else { continue }
        for part in line[colon...].split(separator: UInt8(ascii: "<")).dropFirst() {
          let address = String(decoding: part.prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
          named += 1
          #expect(
            found.contains {
              $0.split(whereSeparator: \.isWhitespace) == address.split(whereSeparator: \.isWhitespace)
            },
            "\(reason): git names \(address.debugDescription) in \(message.debugDescription), found \(found)")
        }
      }
    }
    #expect(named > 5, "\(reason): git named \(named)")
  }

  @Test func manyNamesEndWithOneWhomNobodyKnows() {
    let message = "S\n\n" + (0...2000).map { "Co-authored-by: P\($0) <p\($0)@x>\n" }.joined()
    let found = CoAuthors.named(in: message)
    #expect(found.count == CoAuthors.limit + 1 && found.last?.email == "")
  }

  /// A megabyte of what once took time in its square: read a second time, it would not come to an end.
  @Test(
    arguments: [
      ("\r", 0), ("a\r", 0), ("-\u{B}", 0), ("\u{2028}", 0), ("c o-\r", 0), ("<", 0), ("Co-authored-by", 0),
      (" Co-authored-by:x\n", 1001), (" Co-authored-by:\n", 0), ("\rCo-authored-by: <x@x>", 1001),
      (" <x@x>\n", 1001), ("Co-authored-by:\r", 0),
    ] as [(String, Int)])
  func aLongMessageIsReadOnce(piece: String, count: Int) {
    let head = piece == " <x@x>\n" ? "Co-authored-by: Ann <ann@x>\n" : "S\n\n"
    let found = CoAuthors.named(in: head + String(repeating: piece, count: 1_000_000 / piece.utf8.count))
    #expect(found.count == count)
  }

  /// Where one trailer begins in the line of another, each is read.
  @Test func trailersOfOneLineAreReadApart() {
    let message = "S\n\nCo-authored-by: Ann <ann@x>\rCo-authored-by: Ben\n <ben@x>\u{2028}co-authored-by: <cleo@x>\n"
    #expect(CoAuthors.named(in: message).map(\.email) == ["ann@x", "ben@x", "cleo@x"])
  }
}
