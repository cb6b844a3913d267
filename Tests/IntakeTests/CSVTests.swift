import Diagnostics
import Testing

@testable import Intake

@Suite struct CSVTests {
  /// All rows, or the ids of problems with their places, whatever the size of the pieces in which the bytes arrive.
  static func read(_ bytes: [UInt8], _ format: CSVFormat, pieceBytes: Int) throws -> [[String]] {
    var reader = CSVReader(ByteSource(bytes, name: "f.csv", pieceBytes: pieceBytes), format: format)
    var rows: [[String]] = []
    while let result = try reader.next() {
      switch result {
      case .success(let row): rows.append(row.cells)
      case .failure(let problem): rows.append(["!\(problem.id) \(problem.place.line):\(problem.place.column)"])
      }
    }
    return rows
  }

  @Test(arguments: [
    ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
    ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
    ("\u{FEFF}a\n\n\r\n1\n", [["a"], ["1"]]),
    ("\"a,\"\"b\"\"\",\"c\nd\r\ne\"\r\nx,\n", [["a,\"b\"", "c\nd\r\ne"], ["x", ""]]),
    ("12\" ruler,\"\"\n", [["12\" ruler", ""]]),
    ("é,\"x\"y\n1,2\n", [["!bad_quote 1:6"], ["1", "2"]]),
    ("a\n1,\"never closed\n2\n", [["a"], ["!unclosed_quote 2:3"]]),
    ("a\rb,\r\r\n", [["a\rb", "\r"]]),
  ])
  func followsRFC4180(text: String, expected: [[String]]) throws {
    for size in [1, 2, 3, 64] {
      #expect(try Self.read(Array(text.utf8), CSVFormat(), pieceBytes: size) == expected, "pieces of \(size)")
    }
  }

  @Test func readsOtherDelimitersAndLatin1() throws {
    var format = CSVFormat()
    format.delimiter = UInt8(ascii: ";")
    let bytes: [UInt8] = Array("a;b,c\nCaf".utf8) + [0xE9] + Array(";x\n".utf8)
    #expect(try Self.read(bytes, format, pieceBytes: 7) == [["a", "b,c"], ["!not_utf8 2:1"]])
    format.encoding = .latin1
    #expect(try Self.read(bytes, format, pieceBytes: 7) == [["a", "b,c"], ["Café", "x"]])
  }

  @Test func refusesUTF16AndEndlessRows() throws {
    var reader = CSVReader(ByteSource([0xFF, 0xFE, 0x61, 0], name: "f"), format: CSVFormat())
    #expect(throws: Diagnostic.self) { try reader.next() }
    let long = Array(repeating: UInt8(ascii: "x"), count: CSVReader.rowLimit + 1) + Array("\n1\n".utf8)
    #expect(try Self.read(long, CSVFormat(), pieceBytes: 65_536) == [["!too_long 1:1"], ["1"]])
    let quoted = [UInt8(ascii: "\"")] + long
    #expect(try Self.read(quoted, CSVFormat(), pieceBytes: 65_536) == [["!unclosed_quote 1:1"], ["1"]])
  }
}
