import Diagnostics
import FoundationEssentials
import Reports

/// The folder with `state/`, `templates/` and `hooks/` that comes with Purser.
struct Share {
  let path: String

  /// Looks where `--share` says, then `$PURSER_SHARE`, then beside the program, then in the package that it was built in.
  static func find(_ given: String?) throws(Diagnostic) -> Share {
    let environment = ProcessInfo.processInfo.environment["PURSER_SHARE"].flatMap { $0.isEmpty ? nil : $0 }
    if let named = given ?? environment {
      guard isShare(named) else {
        throw Diagnostic(
          "share.incomplete", "'\(named)' has no state/purser.yaml",
          hint: "give the folder that contains Purser's state/, templates/ and hooks/")
      }
      return Share(path: named)
    }
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    var folder = parent(of: program)
    if isShare(parent(of: folder) + "/share/purser") { return Share(path: parent(of: folder) + "/share/purser") }
    while !folder.isEmpty {
      if FileManager.default.fileExists(atPath: folder + "/Package.swift"), isShare(folder) {
        return Share(path: folder)
      }
      folder = parent(of: folder)
    }
    throw Diagnostic(
      "share.missing", "Purser's own files (state/, templates/, hooks/) were not found next to '\(program)'",
      hint: "give --share, or set PURSER_SHARE")
  }

  /// One file that a new repository gets.
  struct File {
    var path: String
    var content: [UInt8]
    var isExecutable = false
  }

  /// The ordinary files below a folder, by their path under it; empty when there is no such folder.
  func files(in folder: String) throws(Diagnostic) -> [File] {
    let root = path + "/" + folder
    var files: [File] = []
    for name in (try? FileManager.default.subpathsOfDirectory(atPath: root))?.sorted() ?? [] {
      let full = root + "/" + name
      var isFolder = false
      guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder else { continue }
      guard let content = FileManager.default.contents(atPath: full) else {
        throw Diagnostic("share.unreadable", "'\(full)' cannot be read", hint: "check its permissions")
      }
      files.append(
        File(
          path: name, content: [UInt8](content), isExecutable: FileManager.default.isExecutableFile(atPath: full)))
    }
    return files
  }

  /// A template of what people read, by its path under `templates/`.
  func template(_ name: String) throws(Diagnostic) -> Template {
    let full = "\(path)/templates/\(name)"
    guard let content = FileManager.default.contents(atPath: full) else {
      throw Diagnostic(
        "share.unreadable", "'\(full)' cannot be read", hint: "copy it from the templates/ that came with Purser")
    }
    return try Template(String(decoding: content, as: UTF8.self), name: full)
  }

  private static func isShare(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/state/purser.yaml")
  }

  private static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}
