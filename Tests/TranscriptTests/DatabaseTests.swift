import Glibc
import TestSupport
import Testing

/// Stores that cannot be used, and a disk that fills up under a daemon.
@Suite struct DatabaseTests {
  @Test func aStoreThatCannotBeUsedIsLeftAsItIs() throws {
    let company = try CompanyFolder(items: 1)
    _ = try company.cycle()
    for (make, words) in [
      ("echo 'a list of things to do' > bad.db", "not a SQLite database"),
      ("head -c 4096 ops.db >bad.db && head -c 4096000 /dev/urandom >>bad.db", "damaged"),
      // Byte 60 to 63 of the header are the schema's number.
      (
        "cp ops.db bad.db; printf '\\000\\000\\000\\143' | dd of=bad.db bs=1 seek=60 conv=notrunc",
        "newer Purser"
      ),
    ] {
      try company.shell(make)
      let before = try company.shell("sha256sum bad.db; git -C ops rev-parse audit")
      for command in [
        "run --once --repo ops", "plan --repo ops", "import --repo ops stock.jsonl", "get positions",
      ] {
        let result = try company.purser.shell("purser \(command) --store bad.db", in: company.name)
        #expect(result.status == 1 && result.errors.contains(words), "\(command) after \(make): \(result.errors)")
        #expect(result.errors.contains("hint: "), "\(result.errors)")
      }
      #expect(try company.shell("sha256sum bad.db; git -C ops rev-parse audit") == before)
    }
  }

  @Test func aDaemonGoesOnWhenThereIsSpaceAgain() throws {
    guard getuid() == 0 else { try Test.cancel("a small disk can be mounted by root only") }
    let company = try CompanyFolder(items: 20)
    let disk = company.path + "/disk"
    try company.shell("mkdir disk")
    guard mount("none", disk, "tmpfs", 0, "size=2m") == 0 else { try Test.cancel("this machine mounts no tmpfs") }
    defer { umount2(disk, Int32(MNT_DETACH)) }
    try company.shell("cp ops.db* disk/ && cd disk && ln -s ../ops ops && cp ../stock.jsonl .")
    let process = try company.start(["run", "--repo", "ops", "--store", "disk/ops.db", "--interval", "60s"])
    let daemon = RunningDaemon(process)
    #expect(daemon.waits(for: "applied"))
    let cap = try company.commitCap(9)
    let held = try company.shell("purser get availability --store disk/ops.db -o json")
    try company.shell("dd if=/dev/zero of=disk/filler bs=4096 status=none 2>/dev/null || true")

    try company.succeed("wake", "--store", "disk/ops.db")
    #expect(daemon.waits(for: "is full"), "\(process.errorsUntilNow)")
    #expect(daemon.waits(for: "hint: free some space"))
    let imported = try company("import", "--repo", "ops", "--store", "disk/ops.db", "stock.jsonl")
    #expect(imported.status == 0 || imported.errors.contains("is full"), "\(imported.errors)")
    #expect(try company.shell("purser get availability --store disk/ops.db -o json") == held, "reading goes on")
    #expect(process.isRunning)

    try company.shell("rm disk/filler")
    try company.succeed("wake", "--store", "disk/ops.db")
    #expect(daemon.waits(for: "accepted \(cap.prefix(10))"), "\(process.errorsUntilNow)")
    #expect(daemon.end().status == 0)
  }

  /// The disk of the repository fills up between apply and publishing: what was done stays done, once, and its record comes
  /// into git when there is space again.
  @Test func aDiskThatIsFullDuringPublishingLosesNoRecord() throws {
    guard getuid() == 0 else { try Test.cancel("a small disk can be mounted by root only") }
    let company = try CompanyFolder(items: 2)
    let disk = company.path + "/disk"
    try company.shell("mkdir disk")
    guard mount("none", disk, "tmpfs", 0, "size=4m") == 0 else { try Test.cancel("this machine mounts no tmpfs") }
    defer { umount2(disk, Int32(MNT_DETACH)) }
    try company.shell("git clone -q --bare ops disk/ops.git && git -C ops remote add origin ../disk/ops.git")
    #expect(try company.cycle(repository: "disk/ops.git").status == 0)
    let cap = try company.commitCap(9)
    try company.shell(
      "git -C ops push -q origin main && dd if=/dev/zero of=disk/filler bs=4096 status=none 2>/dev/null || true")
    let full = try company.cycle(repository: "disk/ops.git")
    #expect(full.status == 1 && full.errors.contains("accepted \(cap.prefix(10))"), "\(full.errors)")
    #expect(full.errors.contains("hint: "), "\(full.errors)")
    #expect(try company.shell("git -C disk/ops.git rev-list --count audit") == "1")
    let again = try company.cycle(repository: "disk/ops.git")
    #expect(again.status == 1 && !again.errors.contains("accepted"), "\(again.errors)")
    try company.shell("rm disk/filler")
    #expect(try company.cycle(repository: "disk/ops.git").status == 0)
    #expect(try company.shell("git -C disk/ops.git rev-list --count audit") == "2")
    let verified = try company("audit", "verify", "disk/ops.git", "--store", "ops.db")
    #expect(verified.status == 0, "\(verified.errors)")
  }
}
