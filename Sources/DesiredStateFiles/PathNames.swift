import Diagnostics

/// The paths of a repository, to find those that some file system or reader takes for the same file.
struct PathNames {
  /// Paths that are equal but for case or Unicode form, by what they have in common. Swift's strings are equal when
  /// they are canonically equivalent, which is just what is needed here (and nowhere else).
  private var spellings: [String: [String]] = [:]
  private var crowded: Set<String> = []

  /// How deep folders may nest; git trees are limited alike when they are compared.
  private static let maximumDepth = 64

  mutating func insert(_ path: String) {
    let folded = path.lowercased()
    spellings[folded, default: []].append(path)
    if spellings[folded, default: []].count > 1 { crowded.insert(folded) }
  }

  mutating func remove(_ path: String) {
    let folded = path.lowercased()
    spellings[folded]?.removeAll { $0.utf8.elementsEqual(path.utf8) }
    if spellings[folded]?.isEmpty == true { spellings[folded] = nil }
    if spellings[folded, default: []].count < 2 { crowded.remove(folded) }
  }

  func collisions() -> [Diagnostic] {
    crowded.flatMap { folded -> [Diagnostic] in
      let paths = (spellings[folded] ?? []).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      return paths.dropFirst().map { path in
        Diagnostic(
          "state.same_path", "'\(path)' and '\(paths[0])' are the same file on case-insensitive file systems",
          at: SourceLocation(file: path), hint: "rename one of them",
          notes: [.init("the other one", at: SourceLocation(file: paths[0]))])
      }
    }
  }

  /// What is wrong with the letters of a path. Git trees can hold names that no file system would.
  static func problem(_ path: String) -> Diagnostic? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isOutside = parts.contains { $0.isEmpty || $0 == "." || $0 == ".." || $0.lowercased() == ".git" }
    // Nobody may see another path than the one that is meant, nor two where they see one.
    let isUnprintable = path.unicodeScalars.contains {
      !$0.isShownAsItIs || $0.properties.isDefaultIgnorableCodePoint || $0.value == 0xFFFD || $0 == "\\"
    }
    guard isOutside || isUnprintable || parts.count > maximumDepth else { return nil }
    return Diagnostic(
      "state.bad_path", "'\(path)' cannot be a path under state/", at: SourceLocation(file: path),
      hint: "use letters, digits, '.', '-', '_' and '/'")
  }
}
