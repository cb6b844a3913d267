/// Whom a commit message names as co-authors.
///
/// Every line counts that git would take for a `Co-authored-by` trailer, as `git interpret-trailers` reads them
/// (git's trailer.c: case does not matter, blanks may stand before the colon, lines that begin with a blank go on), wherever in
/// the message it stands. Where git would not be sure, it counts too: whoever is named here may not approve, so that one name
/// too many costs a question, and one too few an approval.
public enum CoAuthors {
  /// Co-authors of one message that are told apart.
  static let limit = 1000

  public static func named(in message: String) -> [CommitFacts.Identity] {
    var found: [CommitFacts.Identity] = []
    // By bytes: a combining character behind a '<' or ':' is another letter to Swift, and not to git.
    let lines = Array(message.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      // Git breaks lines at line feeds alone; what a terminal shows as one may begin a trailer too.
      for start in starts(of: line) {
        guard var value = value(of: line[start...]) else { continue }
        for next in lines[(index + 1)...] {
          guard next.first.map(isBlank) ?? false, !next.allSatisfy(isBlank) else { break }
          value += [UInt8(ascii: " ")] + next.drop(while: isBlank)
        }
        found += identities(in: value)
        guard found.count <= limit else {
          return found.prefix(limit) + [.init(name: "someone among more than \(limit) co-authors", email: "")]
        }
      }
    }
    return found
  }

  /// Where a trailer may begin: at the beginning, and behind each other character that breaks lines.
  private static func starts(of line: ArraySlice<UInt8>) -> [Int] {
    [line.startIndex]
      + line.indices.filter { index in
        switch line[index] {
        case 0x0B, 0x0C, 0x0D: true
        // The ends of U+0085, U+2028 and U+2029 in UTF-8.
        case 0x85: line[..<index].last == 0xC2
        case 0xA8, 0xA9: line[..<index].suffix(2).elementsEqual([0xE2, 0x80])
        default: false
        }
      }.map { $0 + 1 }
  }

  /// What stands behind `Co-authored-by:`; nil for any other line. Hyphens and blanks in it do not matter.
  private static func value(of line: ArraySlice<UInt8>) -> [UInt8]? {
    var letters: [UInt8] = []
    for (index, byte) in zip(line.indices, line) {
      switch byte {
      case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "#"):
        return letters == token ? Array(line[(index + 1)...]) : nil
      case UInt8(ascii: "-"), UInt8(ascii: "_"): continue
      case _ where isBlank(byte): continue
      default: letters.append(byte | 0x20)
      }
      guard letters.count <= token.count else { return nil }
    }
    return nil
  }

  private static let token = Array("coauthoredby".utf8)

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// Everyone whom a value names: each address in angle brackets with the words before it, and each other word that looks
  /// like an address. A value without any address is taken for one.
  private static func identities(in value: [UInt8]) -> [CommitFacts.Identity] {
    var found: [CommitFacts.Identity] = []
    var rest = value[...]
    while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
      let name = rest[..<open]
      let end = rest[open...].firstIndex(of: UInt8(ascii: ">")) ?? rest.endIndex
      found += bareAddresses(in: name)
      found.append(.init(name: text(name), email: text(rest[(open + 1)..<end])))
      rest = rest[end...].dropFirst()
    }
    found += bareAddresses(in: rest)
    let whole = text(value[...])
    if found.isEmpty, !whole.isEmpty { found = [.init(name: whole, email: whole)] }
    return found
  }

  private static func bareAddresses(in words: ArraySlice<UInt8>) -> [CommitFacts.Identity] {
    words.split { isBlank($0) || [0x22, 0x27, 0x28, 0x29, 0x2C, 0x3B].contains($0) }
      .filter { $0.contains(UInt8(ascii: "@")) }.map { .init(name: text($0), email: text($0)) }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    var rest = bytes
    while rest.first.map({ isBlank($0) || $0 == UInt8(ascii: ",") }) ?? false { rest.removeFirst() }
    while rest.last.map(isBlank) ?? false { rest.removeLast() }
    return String(decoding: rest, as: UTF8.self)
  }
}
