internal import Clibgit2

enum Library {
  /// Starts libgit2 once: every object and reference is synced to disk before it counts as written.
  private static let started: Bool = {
    git_libgit2_init()
    _ = purser_git_fsync_gitdir(1)
    return true
  }()

  static func start() { _ = started }
}

/// The bytes of a libgit2 buffer, copied.
func bytes(_ buffer: git_buf) -> [UInt8] {
  Array(UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size))
}

/// Passes texts to C as an array of strings that lives as long as the call.
func withStrings<Result>(_ texts: [String], _ body: (UnsafePointer<git_strarray>) -> Result) -> Result {
  var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { text in
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
    for (index, byte) in text.utf8.enumerated() { copy[index] = CChar(bitPattern: byte) }
    copy[text.utf8.count] = 0
    return copy
  }
  defer { for pointer in pointers { pointer?.deallocate() } }
  return pointers.withUnsafeMutableBufferPointer { buffer in
    var array = git_strarray(strings: buffer.baseAddress, count: buffer.count)
    return body(&array)
  }
}
