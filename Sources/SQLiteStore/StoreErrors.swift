import ActualState
import Glibc
import SQLite

extension StoreError {
  /// What SQLite reported about the store at `path`, in words for the person who runs it.
  init(_ error: SQLiteError, path: String) {
    switch error.kind {
    case .busy:
      self.init(
        kind: .busy, message: "the store '\(path)' is in use by another process",
        hint: "wait until that import or daemon has finished, then try again")
    case .full:
      self.init(
        kind: .full, message: "the disk that holds the store '\(path)' is full",
        hint: "free some space and try again; the failed transaction changed nothing")
    case .readOnly:
      self = .notWritable(path)
    case .corrupt:
      self.init(
        kind: .damaged, message: "'\(path)' is damaged, or is not a SQLite database (\(error.message))",
        hint: "check the path, or restore a backup; policy and audit records are in git and not affected")
    case .cannotOpen:
      self.init(
        kind: .cannotOpen, message: "cannot open the store '\(path)'",
        hint: "check the permissions of the file and its folder; `purser import` and `purser run` create the file, but "
          + "the folder must exist")
    case .constraint:
      self = .refusedRow(error.message)
    case .other:
      self.init(
        kind: .other, message: "the store '\(path)' failed: \(error.message) (SQLite \(error.code))",
        hint: "check the disk and the system log; the failed transaction changed nothing")
    }
  }

  /// For who only reads: not even that is allowed.
  static func unreadable(_ path: String) -> StoreError {
    StoreError(
      kind: .cannotOpen, message: "the store '\(path)' cannot be read by this user",
      hint:
        "give this user and the daemon's a common group that may read '\(path)' and, where they exist, '\(path)-wal' and"
        + " '\(path)-shm': chgrp GROUP, chmod g+r, and chmod g+rxs for the folder")
  }

  static func unreadable(_ error: SQLiteError, _ path: String) -> StoreError {
    let plain = StoreError(error, path: path)
    return plain.kind == .cannotOpen && access(path, F_OK) == 0 ? .unreadable(path) : plain
  }

  static func notWritable(_ path: String) -> StoreError {
    StoreError(
      kind: .readOnly, message: "the store '\(path)' cannot be written",
      hint: "check the permissions of the file and of its folder, and whether the disk is mounted read-only")
  }

  static func foreign(_ path: String) -> StoreError {
    StoreError(
      kind: .cannotOpen, message: "'\(path)' is a SQLite database, but not a Purser store",
      hint: "check the path; nothing was changed")
  }

  static func empty(_ path: String) -> StoreError {
    StoreError(
      kind: .cannotOpen, message: "the store '\(path)' is empty",
      hint: "check the path, or run `purser import` or `purser run` first")
  }

  static func newer(_ path: String, version: Int64, known: Int) -> StoreError {
    StoreError(
      kind: .cannotOpen,
      message: "the store '\(path)' was written by a newer Purser (schema \(version), this one knows \(known))",
      hint: "upgrade Purser; nothing was changed")
  }

  static func older(_ path: String, version: Int64, known: Int) -> StoreError {
    StoreError(
      kind: .cannotOpen,
      message: "the store '\(path)' was written by an older Purser (schema \(version), this one needs \(known))",
      hint: "`purser run --once` upgrades it")
  }

  static func notDurable(_ path: String, _ setting: String) -> StoreError {
    StoreError(
      kind: .cannotOpen, message: "the store '\(path)' cannot be made durable (\(setting))",
      hint: "put it on a local disk; network folders and memory cannot keep a write-ahead log")
  }
}
