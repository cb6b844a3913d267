import TestSupport
import Testing

/// What `purser audit verify` remembers of a repository, and when it believes none of it.
@Suite struct AuditMemoryTests {
  let company: CompanyFolder

  init() throws {
    company = try CompanyFolder(items: 1)
    for percent in [20, 10] {
      #expect(try company.cycle().status == 0)
      try company.commitCap(percent)
    }
    #expect(try company.cycle().status == 0)
  }

  static let known = "already verified here"

  func verify(_ more: String...) throws -> ChildProcess.Result {
    try company.run(["audit", "verify", "ops"] + more)
  }

  /// The file that holds what is remembered, in the user's cache directory and not in the repository.
  func memory() throws -> String {
    try company.shell("ls -d '\(company.scratch.path)'/.cache/purser/verified/*.json")
  }

  @Test func onlyWhatIsNewIsVerifiedAgain() throws {
    let first = try verify()
    #expect(first.status == 0 && !first.errors.contains(Self.known), "\(first.errors)")
    let again = try verify()
    #expect(again.status == 0 && again.errors.contains("All of them were \(Self.known)"), "\(again.errors)")
    #expect(again.output == first.output)
    try company.commitCap(8)
    #expect(try company.cycle().status == 0)
    let more = try verify("-o", "json")
    #expect(more.status == 0 && more.output.contains("\"records\": 3"), "\(more.output)")
    let counted = try #require(more.output.firstRange(of: "\"verified_before\": {"))
    #expect(more.output[counted.upperBound...].prefix(40).contains("\"commits\": 3"), "\(more.output)")
    #expect(try verify().errors.contains("All of them were"))
    let cold = try verify("--cold")
    #expect(cold.status == 0 && !cold.errors.contains(Self.known), "\(cold.errors)")
    let store = try verify("--store", "ops.db")
    #expect(store.status == 0 && !store.errors.contains(Self.known), "a store may be altered at any time")
  }

  @Test(arguments: [
    "chmod 666 \"$M\"", "sed -i 's/\"records\":3/\"records\":2/' \"$M\"",
    "sed -i 's/\"program\":\"[0-9]*/\"program\":\"7/' \"$M\"", "truncate -s 100 \"$M\"", "echo '{}' > \"$M\"",
    "mv \"$M\" \"$M.x\" && ln -s \"$M.x\" \"$M\"", "rm \"$M\" && mkdir \"$M\"",
  ])
  func whatOthersMayHaveWrittenIsNotBelieved(fault: String) throws {
    #expect(try verify().status == 0)
    try company.shell("M='\(memory())'; \(fault)")
    let next = try verify()
    #expect(next.status == 0 && !next.errors.contains(Self.known), "\(fault): \(next.errors)")
  }

  @Test func aRepositoryBringsNoMemoryAlong() throws {
    #expect(try verify().status == 0)
    try company.shell("cp -a ops other")
    let other = try company("audit", "verify", "other")
    #expect(other.status == 0 && !other.errors.contains(Self.known), "\(other.errors)")
  }

  /// A place says nothing about what lies in it: a new repository is verified from its beginning, and one whose trail was
  /// replaced is the same one still, even in a fresh clone.
  @Test func anotherRepositoryInTheSamePlaceIsAnother() throws {
    let begin = try company.shell("git -C ops rev-list --max-parents=0 main")
    #expect(try verify().status == 0)
    try company.shell("mv ops old && mv ops.db old.db && mv ops.db.lock old.lock 2>/dev/null; rm -f ops.db*")
    try company.shell("git config --global user.name 'Another Owner'")
    try company.succeed("init", "ops")
    #expect(try company.shell("git -C ops rev-list --max-parents=0 main") != begin)
    try company.importEvents(CompanyFolder.stock(1), as: "stock")
    #expect(try company.cycle().status == 0)
    let new = try verify()
    #expect(new.status == 0 && !new.errors.contains(Self.known), "\(new.errors)")
    #expect(new.errors.contains("it started from \(begin)"), "\(new.errors)")
    #expect(try verify().errors.contains("All of them were \(Self.known)"))
    // The first repository again, with a trail that was cut off, as a clone that never had the rest of it.
    try company.shell("rm -rf ops && git clone -q old ops && git -C ops branch -q audit origin/audit")
    #expect(try verify().status == 0)
    try company.shell(
      "rm -rf ops && git -C old update-ref refs/heads/audit audit~1 && git clone -q --no-local old ops && git -C ops branch -q audit origin/audit"
    )
    let cut = try verify()
    #expect(cut.status == 1 && cut.errors.contains("[audit.went_back]"), "\(cut.errors)")
  }

  @Test func withoutAPlaceToRememberEverythingIsVerified() throws {
    for _ in 0..<2 {
      let result = try company.purser.shell(
        "HOME=/proc XDG_CACHE_HOME=/proc/x purser audit verify ops", in: company.name)
      #expect(result.status == 0 && !result.errors.contains(Self.known), "\(result.errors)")
    }
  }

  /// What a store or another clone could tell, who verified before can tell too.
  @Test func row25AnAuditBranchThatWasCutOffIsNamed() throws {
    let end = try company.shell("git -C ops rev-parse audit")
    #expect(try verify().status == 0)
    try company.shell("git -C ops update-ref refs/heads/audit audit~1")
    for _ in 0..<2 {
      let cut = try verify()
      #expect(cut.status == 1 && cut.errors.contains("[audit.went_back]"), "\(cut.errors)")
      #expect(cut.errors.contains(end))
    }
    #expect(try verify("--cold").status == 0, "by itself a shorter branch looks whole")
    #expect(try verify("--store", "ops.db").errors.contains("[audit.cut_off]"))
  }
}
