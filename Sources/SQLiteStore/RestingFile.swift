import Glibc

/// The file of a store that no process has open, as somebody sees it who may read it and not write: SQLite would need to make
/// files beside it to lock it, and those would belong to the wrong user.
///
/// Without a lock it can still be read safely. Where no write-ahead log lies beside it, all that was committed is in the file.
/// Whoever opens it to write from now on writes to a log first, and to the file only when that is brought over: then its time
/// changes, and what was read is thrown away.
struct RestingFile {
  private let path: String
  private let seen: Mark

  private struct Mark: Equatable {
    var device: dev_t
    var inode: ino_t
    var size: off_t
    var seconds: Int
    var nanoseconds: Int

    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      (device, inode, size) = (status.st_dev, status.st_ino, status.st_size)
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }

    /// Whether a change from now on is sure to have another time: file systems count in steps.
    var isOld: Bool {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      return (now.tv_sec - seconds) * 1_000_000_000 + now.tv_nsec - nanoseconds > Self.step
    }

    private static let step = 20_000_000
  }

  /// Nil where the file can be written, cannot be read, or is in use: then SQLite's own way is the right one.
  init?(_ path: String) {
    guard access(path, W_OK) != 0, access(path, R_OK) == 0 else { return nil }
    var mark = Mark(path)
    if mark?.isOld == false {
      usleep(Self.pauseMicroseconds)
      mark = Mark(path)
    }
    guard let mark, access(path + "-wal", F_OK) != 0, errno == ENOENT else { return nil }
    self.path = path
    seen = mark
  }

  private static let pauseMicroseconds: UInt32 = 50_000

  var isUnchanged: Bool { Mark(path) == seen }
}
