/// A pattern of paths: `*` stands for anything within one folder, `**` for any folders.
struct PathPattern {
  private let parts: [Substring]

  init(_ text: String) { parts = text.split(separator: "/", omittingEmptySubsequences: true) }

  func matches(_ path: String) -> Bool {
    Self.matches(parts[...], path.split(separator: "/", omittingEmptySubsequences: true)[...])
  }

  private static func matches(_ pattern: ArraySlice<Substring>, _ path: ArraySlice<Substring>) -> Bool {
    guard let first = pattern.first else { return path.isEmpty }
    if first == "**" {
      if pattern.count == 1 { return true }
      return path.indices.contains { matches(pattern.dropFirst(), path[$0...]) }
    }
    guard let name = path.first, matches(Array(first.utf8)[...], Array(name.utf8)[...]) else { return false }
    return matches(pattern.dropFirst(), path.dropFirst())
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
