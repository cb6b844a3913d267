import TestSupport
import Testing

/// Files that are made to use up memory, through the program: refused with few words, in a process that the system lets have
/// no more than a fixed part and so much for each byte that is read.
@Suite struct HostileMemoryTests {
  struct Row: Sendable, CustomStringConvertible {
    var name: String
    /// The diagnostic that must be among those that are reported, with its place.
    var place: String
    var head = "kind: Node\nname: dc\n"
    var part: String
    var tail = "\n"

    var description: String { name }
  }

  static let size = 4 << 20
  static let rows = [
    Row(name: "nothing but nesting", place: "f.yaml:3:", part: "["),
    Row(
      name: "an alias bomb", place: "f.yaml:3:4: error: an anchor", head: "kind: Node\nname: dc\na: &a [x]\nb: [*a",
      part: ", *a", tail: "]\n"),
    Row(name: "one key again and again", place: "f.yaml:4:1: error: the key 'a' stands twice", part: "a: 1\n"),
    Row(
      name: "fields that nobody knows", place: "f.yaml:3:1: error: Node has no field",
      head: "kind: Node\nname: dc\nx:\n - {y: 1}\n", part: "k%: 1\n"),
    Row(
      name: "documents that lack everything", place: "f.yaml:4:1: error: Node needs the field 'name'",
      part: "---\nkind: Node\n"),
    Row(name: "tags", place: "f.yaml:4:7: error: a tag", part: "---\nkind: !!x y\n"),
    Row(name: "merge keys", place: "f.yaml:4:1: error: a merge key", part: "---\n<<: {a: b}\n"),
    Row(name: "a scalar without end", place: "f.yaml:3:9: error:", head: "kind: Node\nname: dc\nregion: ", part: "a"),
    Row(
      name: "bytes that are no text", place: "f.yaml:3:", head: "kind: Node\nname: dc\n# ", part: "a", tail: "\u{0}\n"),
  ]

  @Test(arguments: rows) func row31MemoryIsInProportion(_ row: Row) throws {
    let company = try CompanyFolder()
    let count = Self.size / row.part.utf8.count
    var text = row.head
    text.reserveCapacity(Self.size + 100)
    if row.part.contains("%") {
      let around = row.part.split(separator: "%")
      for number in 0..<count { text += around[0] + String(number) + around[1] }
    } else {
      text += String(repeating: row.part, count: count)
    }
    try company.scratch.write(text + row.tail, to: "company/ops/state/f.yaml")
    // A value of one letter takes two bytes in the file and 24 in the table.
    let kilobytes = (128 << 10) + (24 * Self.size) >> 10
    let result = try company.purser.shell("ulimit -v \(kilobytes); exec purser validate ops", in: company.name)
    #expect(result.status == 1 && result.errors.contains("state/" + row.place), "\(result.errors.prefix(400))")
    #expect(result.errors.utf8.count < 200_000)
  }
}
