public import Diagnostics

/// Limits on what a file may ask for. Each stops one known attack; see the tests of the same name.
public struct YAMLLimits: Sendable {
  public var fileBytes = 64 << 20
  /// Debian's libyaml takes quadratic time in the depth, so it is stopped from here.
  public var depth = 32
  public var nodes = 8_000_000

  public init() {}
}

extension YAMLTree {
  /// Parses one file with libyaml; throws the first problem.
  ///
  /// Anchors, aliases, tags, merge keys and duplicate keys are refused: each makes a file mean something else than what
  /// a reviewer reads.
  public static func parse(
    _ bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits()
  ) throws(Diagnostic) -> YAMLTree {
    let (tree, problems) = read(bytes, file: file, limits: limits)
    if let problem = problems.first { throw problem }
    return tree
  }

  /// Parses one file and reports every problem: after what is only refused the reading goes on, and after what cannot
  /// be read the tree holds the documents before it.
  public static func read(
    _ bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits()
  ) -> (tree: YAMLTree, problems: [Diagnostic]) {
    var builder = Builder(tree: YAMLTree(file: file), limits: limits, bytes: bytes)
    do throws(Diagnostic) {
      try builder.run()
    } catch {
      builder.problems.append(error)
      // Half of a document would give misleading reports of what it lacks.
      if builder.isInsideDocument { builder.tree.documents.removeLast() }
    }
    return (builder.tree, builder.problems)
  }
}

/// U+FEFF in UTF-8, with which some editors start a file.
let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

/// The first character that libyaml takes for a line break and most editors do not, or that turns the direction of the
/// text: either can hide a line from a reviewer. Carriage returns are allowed before a line feed.
func firstHiddenCharacter(_ bytes: [UInt8]) -> (offset: Int, name: String)? {
  bytes.withUnsafeBufferPointer { text in
    // Nearly all files hold nothing but ASCII and line feeds: that is told without a branch for each byte.
    var marks: UInt8 = 0
    for byte in text { marks |= (byte & 0x80) | (byte == 0x0D ? 1 : 0) }
    if marks == 0 { return nil }
    func byte(_ offset: Int) -> UInt8 { offset < text.count ? text[offset] : 0 }
    for offset in text.indices where text[offset] == 0x0D || text[offset] == 0xC2 || text[offset] == 0xE2 {
      switch (text[offset], byte(offset + 1), byte(offset + 2)) {
      case (0x0D, let next, _) where next != 0x0A: return (offset, "a carriage return without a line feed")
      case (0xC2, 0x85, _): return (offset, "the line break U+0085")
      case (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9): return (offset, "a Unicode line or paragraph separator")
      case (0xE2, 0x80, 0xAA...0xAE), (0xE2, 0x81, 0xA6...0xA9):
        return (offset, "a character that changes the text's direction")
      default: continue
      }
    }
    return nil
  }
}

func place(of offset: Int, in bytes: [UInt8], file: String) -> SourceLocation {
  let before = bytes.prefix(offset)
  let lineStart = (before.lastIndex(of: 0x0A) ?? -1) + 1
  let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
  return SourceLocation(file: file, line: before.count { $0 == 0x0A } + 1, column: column)
}
