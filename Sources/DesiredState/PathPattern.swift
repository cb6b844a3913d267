/// A pattern of paths: `*` stands for anything within one folder, `**` for any folders.
struct PathPattern {
  private let parts: [Substring]

  init(_ text: String) { parts = text.split(separator: "/", omittingEmptySubsequences: true) }

  /// The time is bounded by the product of both lengths, whatever the pattern.
  func matches(_ path: String) -> Bool {
    let names = path.split(separator: "/", omittingEmptySubsequences: true)
    // Which numbers of leading names the pattern's parts so far can stand for.
    var reached = [Bool](repeating: false, count: names.count + 1)
    reached[0] = true
    for part in parts {
      var next = [Bool](repeating: false, count: names.count + 1)
      for count in 0...names.count {
        if part == "**" {
          next[count] = reached[count] || (count > 0 && next[count - 1])
        } else if count > 0, reached[count - 1] {
          next[count] = Self.matches(Array(part.utf8)[...], Array(names[count - 1].utf8)[...])
        }
      }
      reached = next
    }
    return reached[names.count]
  }

  /// Matches one name; the position after the last `*` is kept, so that the time is bounded by the product of lengths.
  private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
    var (at, index) = (pattern.startIndex, name.startIndex)
    var retry: (at: Int, index: Int)?
    while index < name.endIndex {
      if at < pattern.endIndex, pattern[at] == UInt8(ascii: "*") {
        retry = (at + 1, index)
        at += 1
      } else if at < pattern.endIndex, pattern[at] == name[index] {
        at += 1
        index += 1
      } else if let last = retry {
        retry = (last.at, last.index + 1)
        at = last.at
        index = last.index + 1
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
