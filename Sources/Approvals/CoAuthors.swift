/// Whom a commit message names as co-authors.
///
/// Every line counts that git would take for a `Co-authored-by` trailer, as `git interpret-trailers` reads them
/// (git's trailer.c: case does not matter, blanks may stand before the colon, lines that begin with a blank go on), wherever in
/// the message it stands. Where git would not be sure, it counts too: whoever is named here may not approve, so that one name
/// too many costs a question, and one too few an approval.
public enum CoAuthors {
  /// Co-authors of one message that are told apart.
  static let limit = 1000

  /// Takes time in proportion to the message: anybody can write one of a megabyte.
  public static func named(in message: String) -> [CommitFacts.Identity] {
    var found: [CommitFacts.Identity] = []
    for value in values(in: Array(message.utf8)) {
      found += identities(in: value)
      guard found.count <= limit else {
        return found.prefix(limit) + [.init(name: "someone among more than \(limit) co-authors", email: "")]
      }
    }
    return found
  }

  /// What stands behind each `Co-authored-by:`, with the lines that go on with it. A value ends where another trailer begins,
  /// which says the rest, so that each byte belongs to one value at most.
  private static func values(in message: [UInt8]) -> [[UInt8]] {
    var values: [[UInt8]] = []
    var isOpen = false
    // By bytes: a combining character behind a '<' or ':' is another letter to Swift, and not to git.
    for line in message.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let trailers = starts(of: line).compactMap { start in value(of: line[start...]).map { (start, value: $0) } }
      let before = line[..<(trailers.first?.0 ?? line.endIndex)]
      isOpen = isOpen && line.first.map(isBlank) ?? false && !line.allSatisfy(isBlank)
      if isOpen { values[values.count - 1] += [UInt8(ascii: " ")] + before.drop(while: isBlank) }
      for (place, trailer) in trailers.enumerated() {
        let end = place + 1 < trailers.count ? trailers[place + 1].0 : line.endIndex
        values.append(Array(line[trailer.value..<end]))
        isOpen = true
      }
    }
    return values
  }

  /// Where a trailer may begin: at the beginning, and behind each other character that breaks lines. Git breaks lines at line
  /// feeds alone; what a terminal shows as one may begin a trailer too. Of places with nothing but blanks and hyphens
  /// between them the last one stands for all.
  private static func starts(of line: ArraySlice<UInt8>) -> [Int] {
    var starts: [Int] = []
    var start: Int? = line.startIndex
    for (index, byte) in zip(line.indices, line) {
      let breaks =
        switch byte {
        case 0x0B, 0x0C, 0x0D: true
        // The ends of U+0085, U+2028 and U+2029 in UTF-8.
        case 0x85: line[..<index].last == 0xC2
        case 0xA8, 0xA9: line[..<index].suffix(2).elementsEqual([0xE2, 0x80])
        default: false
        }
      if breaks {
        start = index + 1
      } else if let place = start, !isPassedOver(byte) {
        starts.append(place)
        start = nil
      }
    }
    return starts
  }

  /// Where what stands behind `Co-authored-by:` begins; nil for any other line. Hyphens and blanks in it do not matter.
  private static func value(of line: ArraySlice<UInt8>) -> Int? {
    var letters: [UInt8] = []
    for (index, byte) in zip(line.indices, line) {
      switch byte {
      case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "#"): return letters == token ? index + 1 : nil
      case _ where isPassedOver(byte): continue
      default: letters.append(byte | 0x20)
      }
      guard letters.count <= token.count else { return nil }
    }
    return nil
  }

  private static func isPassedOver(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || isBlank(byte)
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
