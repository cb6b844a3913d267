import DesiredStateFiles
import Diagnostics
import FoundationEssentials
import TestSupport
import Testing

/// Mutations of the files that every new repository begins with: the decoder never falls over, and whatever it refuses has a
/// place in the file.
@Suite struct YAMLFuzzTests {
  private static let folder =
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/state"
  private static let tokens =
    [
      "&a ", "*a", "<<: ", "!!str ", "\t", "\n---\n", "\n...\n", "[", "]", "{", "}", "\"", "'",
      "|\n", "? ", "- ", ": ",
    ]
    + [
      "\0", "\u{1B}[31m", "\r", "\u{2028}", "\u{202E}", "\u{FEFF}", "%YAML 1.1\n", "é", "e\u{301}",
      "12:30", "0x1F", "~",
    ]

  /// Each document of each file.
  private static func documents() throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    where name.hasSuffix(".yaml") {
      let data = try #require(FileManager.default.contents(atPath: folder + "/" + name))
      found += String(decoding: data, as: UTF8.self).split(separator: "---\n").map {
        Array($0.utf8)
      }
    }
    return found
  }

  private static func mutated(_ text: [UInt8], _ all: [[UInt8]], _ random: inout SplitMix64)
    -> [UInt8]
  {
    var text = text
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...text.count, using: &random)
      let end = min(text.count, place + Int.random(in: 0...40, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0: if place < text.count { text[place] = UInt8.random(in: 0...255, using: &random) }
      case 1: text.removeSubrange(place..<end)
      case 2: text.insert(contentsOf: text[place..<end], at: place)
      case 3:
        text.insert(contentsOf: Array((tokens.randomElement(using: &random) ?? "").utf8), at: place)
      case 4:
        let other = all.randomElement(using: &random) ?? []
        text.replaceSubrange(
          place..<end,
          with: other.dropFirst(Int.random(in: 0...other.count, using: &random)).prefix(60))
      default: text.removeSubrange(place...)
      }
    }
    return text
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func whatIsRefusedHasItsPlace(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let all = try Self.documents()
    try #require(all.count > 20)
    var (refused, accepted) = (0, 0)
    for step in 0..<600 {
      let text = Self.mutated(all.randomElement(using: &random) ?? [], all, &random)
      let decoded = DecodedFile(decoding: SourceFile(path: "f.yaml", bytes: text))
      let errors = decoded.diagnostics.filter { $0.severity == .error }
      if errors.isEmpty { accepted += 1 } else { refused += 1 }
      let lines = text.count { $0 == 0x0A } + 1
      for problem in decoded.diagnostics {
        let place = try #require(problem.location, "seed \(seed), step \(step): \(problem)")
        #expect(
          place.file == "f.yaml" && (0...(lines + 1)).contains(place.line) && place.column >= 0
            && !problem.message.isEmpty,
          "seed \(seed), step \(step): \(problem)")
      }
      // What is refused is refused again, in the same words.
      let again = DecodedFile(decoding: SourceFile(path: "f.yaml", bytes: text))
      #expect(again.diagnostics == decoded.diagnostics, "seed \(seed), step \(step)")
    }
    #expect(
      refused > 100 && accepted > 50, "seed \(seed): \(refused) refused, \(accepted) accepted")
  }
}
