import FoundationEssentials
import Glibc

/// The top of the clone that somebody stands in, as git finds it: from the current folder upward.
///
/// Only where nobody named a folder: one that is named and is not there must not turn into another that lies above it.
enum CloneTop {
  static func of(
    _ given: String, current: String = FileManager.default.currentDirectoryPath,
    ceilings: String? = ProcessInfo.processInfo.environment["GIT_CEILING_DIRECTORIES"]
  ) -> String {
    guard given == "." else { return given }
    let limits = Set((ceilings ?? "").split(separator: ":").map(String.init))
    var (folder, way) = (current, given)
    while !isRepository(folder) {
      guard let slash = folder.lastIndex(of: "/"), folder != "/" else { return given }
      let parent = slash == folder.startIndex ? "/" : String(folder[..<slash])
      guard !limits.contains(parent) else { return given }
      (folder, way) = (parent, way == "." ? ".." : way + "/..")
    }
    return way
  }

  /// A work tree, or a bare repository.
  private static func isRepository(_ folder: String) -> Bool {
    func has(_ name: String) -> Bool { access(folder + "/" + name, F_OK) == 0 }
    return has(".git") || (has("HEAD") && has("objects") && has("refs"))
  }
}
