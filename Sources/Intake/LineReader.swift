import Diagnostics
import Glibc

/// Splits bytes into lines without ever holding more than one line and one piece.
struct LineReader {
  /// The longest line, in bytes.
  static let lineLimit = 1 << 20

  struct Line {
    /// From 1.
    var number: Int
    /// Without the line end; only the beginning of a line that is too long.
    var bytes: [UInt8]
    /// Whether a line end followed: the last line of a file that was cut off has none.
    var isComplete: Bool
    var isTooLong: Bool
  }

  private let source: ByteSource
  private let limit: Int
  private var piece: [UInt8] = []
  private var position = 0
  private var number = 0

  init(_ source: ByteSource, limit: Int = lineLimit) {
    self.source = source
    self.limit = limit
  }

  /// The next line feed of the piece. The C library looks at many bytes at once.
  private func endOfLine() -> Int? {
    piece.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, let found = memchr(start + position, 0x0A, bytes.count - position) else {
        return nil
      }
      return UnsafeRawPointer(found) - start
    }
  }

  mutating func next() throws(Diagnostic) -> Line? {
    var line = Line(number: number + 1, bytes: [], isComplete: false, isTooLong: false)
    while !line.isComplete {
      if position == piece.count {
        piece = try source.next()
        position = 0
        if piece.isEmpty { break }
      }
      let end = endOfLine()
      let part = piece[position..<(end ?? piece.count)]
      line.isComplete = end != nil
      position = end.map { $0 + 1 } ?? piece.count
      if line.bytes.count + part.count > limit { line.isTooLong = true }
      line.bytes += part.prefix(limit - line.bytes.count)
    }
    guard line.isComplete || !line.bytes.isEmpty else { return nil }
    number += 1
    if line.bytes.last == 0x0D { line.bytes.removeLast() }
    if number == 1, line.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { line.bytes.removeFirst(3) }
    return line
  }
}
