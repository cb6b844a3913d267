import Glibc
import Reconciling

/// One daemon for each store: an advisory lock on a file beside it, which the kernel drops when the process ends,
/// however it ends.
final class StoreLock {
  private let descriptor: Int32

  /// - Throws: `Trouble` when another process holds it, with its process id.
  init(storePath: String) throws {
    let path = Self.file(storePath) + ".lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Trouble(
        .needsPerson, "cannot create '\(path)': \(String(cString: strerror(errno)))",
        hint: "the store's folder must exist and be writable")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.content(descriptor)
      close(descriptor)
      throw Trouble(
        .needsPerson, "another daemon is running on this store\(holder.isEmpty ? "" : " (process \(holder))")",
        hint: "stop it first, or wake it with 'purser wake --store \(storePath)'")
    }
    let text = Array(String(getpid()).utf8)
    // Only for people: the lock itself is what counts.
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
  }

  /// The store itself where `path` is a link to it: whichever name a daemon was given, it meets the others.
  static func file(_ path: String) -> String {
    var path = path
    // As many links as the kernel follows.
    for _ in 0..<40 {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(path, &buffer, buffer.count)
      guard count > 0 else { break }
      let target = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      path = target.hasPrefix("/") ? target : folder + target
    }
    return path
  }

  deinit {
    // A child that has been forked and runs no program yet holds the descriptor as well: closing ours would not do.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  private static func content(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)).filter { (0x30...0x39).contains($0) }, as: UTF8.self)
  }
}
