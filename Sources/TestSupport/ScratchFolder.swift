import FoundationEssentials
import Glibc

/// A new folder for one test; it is removed with everything in it when the last reference goes.
public final class ScratchFolder: Sendable {
  /// The folder's absolute path, without a slash at its end.
  public let path: String

  public init() throws {
    var template = Array("/tmp/purser-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemFailure("cannot make a scratch folder") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The absolute path of something inside the folder.
  public func path(_ relative: String) -> String { path + "/" + relative }

  /// Writes a file, making the folders above it, and returns its absolute path. An old file is replaced, not changed.
  @discardableResult
  public func write(_ text: String, to relative: String) throws -> String {
    try write(bytes: Array(text.utf8), to: relative)
  }

  @discardableResult
  public func write(bytes: [UInt8], to relative: String) throws -> String {
    let target = path(relative)
    if let slash = target.lastIndex(of: "/") {
      try FileManager.default.createDirectory(atPath: String(target[..<slash]), withIntermediateDirectories: true)
    }
    unlink(target)
    guard let file = fopen(target, "w") else { throw SystemFailure("cannot write '\(target)'") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw SystemFailure("cannot write '\(target)'") }
    return target
  }

  /// The text of a file in the folder.
  public func read(_ relative: String) throws -> String {
    let target = path(relative)
    guard let file = fopen(target, "r") else { throw SystemFailure("cannot read '\(target)'") }
    defer { fclose(file) }
    return String(decoding: readToEnd(file), as: UTF8.self)
  }
}

/// What the operating system refused, with its own words for it.
public struct SystemFailure: Error, CustomStringConvertible {
  public let description: String

  init(_ action: String, code: Int32 = errno) { description = "\(action): \(String(cString: strerror(code)))" }
}

/// Everything from the file's position to its end.
func readToEnd(_ file: UnsafeMutablePointer<FILE>) -> [UInt8] {
  var content: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { content += chunk[..<count] }
  return content
}
