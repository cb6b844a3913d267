import ActualState
import CFaults
import Glibc
import Operations
import SQLite
import Testing

@testable import SQLiteStore

/// A sync that fails once: what was not synced is never told as done, and a later sync that succeeds makes nothing of it
/// durable by itself. The disk forgets what it was not able to write, as Linux does.
@Suite struct SyncFaultTests {
  /// A store whose disk is watched, with one item in it.
  private final class Disk {
    let folder: ScratchFolder
    let store: SQLiteStore

    /// - Parameter fillsFile: whether each commit also copies the log into the file.
    init(fillsFile: Bool) throws {
      folder = try ScratchFolder()
      #expect(faults_watch(folder.path) == 0)
      store = try SQLiteStore(path: folder.file(), mode: .create)
      if fillsFile { try store.database.connection.execute("PRAGMA wal_autocheckpoint = 1") }
      try store.transaction { try store.addItem("first") }
    }

    deinit { faults_forget(folder.path) }

    var syncs: Int32 { faults_syncs(folder.path) }

    /// What would be there after a loss of power: only what was synced, or everything that was written.
    func afterCrash(onlySynced: Bool) throws -> Set<SKU> {
      let copy = try ScratchFolder()
      if onlySynced {
        #expect(faults_save_durable(folder.path, copy.path) == 0)
      } else {
        for name in ["ops.db", "ops.db-wal"] { try copy.write(bytes(name), to: name) }
      }
      let store = try SQLiteStore(path: copy.file(), mode: .readWrite)
      #expect(try store.database.connection.text("PRAGMA integrity_check") == "ok")
      return Set(try store.snapshot(.all).items.sku)
    }

    private func bytes(_ name: String) throws -> [UInt8] {
      let descriptor = open(folder.file(name), O_RDONLY)
      defer { close(descriptor) }
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw SystemFailure(code: errno) }
      var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
      guard read(descriptor, &bytes, bytes.count) == bytes.count else { throw SystemFailure(code: errno) }
      return bytes
    }
  }

  private static func add(_ prefix: String, to store: SQLiteStore) throws {
    // Several pages, so that the log holds many frames.
    try store.transaction {
      for number in 0..<40 { try store.addItem(SKU("\(prefix)-\(number)-" + String(repeating: "x", count: 150))) }
    }
  }

  private static func holds(_ prefix: String, _ items: Set<SKU>) -> Bool? {
    let count = items.count { $0.rawValue.hasPrefix(prefix) }
    return count == 0 ? false : count == 40 ? true : nil
  }

  @Test(arguments: [false, true]) func aFailedSyncIsNoCommit(fillsFile: Bool) throws {
    // How many syncs a commit asks for.
    let calm = try Disk(fillsFile: fillsFile)
    let before = calm.syncs
    try Self.add("calm", to: calm.store)
    let count = calm.syncs - before
    try #require(count >= (fillsFile ? 2 : 1), "the hooks see no sync")
    #expect(Self.holds("calm", try calm.afterCrash(onlySynced: true)) == true)
    for number in 1...count {
      let disk = try Disk(fillsFile: fillsFile)
      faults_fail_sync(disk.folder.path, number)
      let failure: StoreError?
      do {
        try Self.add("second", to: disk.store)
        failure = nil
      } catch let error as StoreError {
        failure = error
      }
      // To copy the log into the file is no part of the commit: it is tried again.
      #expect(fillsFile || failure != nil, "sync \(number)")
      #expect(failure.map { $0.kind == .other } ?? true, "the daemon stops for no other kind")
      let isIn = Self.holds("second", Set(try disk.store.snapshot(.all).items.sku))
      #expect(isIn == (failure == nil), "sync \(number): what was told is not what is there")
      // Power may be lost at once: all of it, or nothing.
      let lost = Self.holds("second", try disk.afterCrash(onlySynced: true))
      #expect(failure == nil ? lost == true : lost != nil, "sync \(number)")
      #expect(Self.holds("second", try disk.afterCrash(onlySynced: false)) != nil, "sync \(number)")
      // The next one succeeds, and keeps what it says, whatever became of the first.
      try Self.add("third", to: disk.store)
      let after = try disk.afterCrash(onlySynced: true)
      #expect(Self.holds("third", after) == true, "sync \(number)")
      #expect(Self.holds("second", after) == (failure == nil), "sync \(number)")
      #expect(after.contains("first"))
      #expect(try disk.afterCrash(onlySynced: false) == after, "sync \(number)")
    }
  }
}
