import TestSupport
import Testing

/// What a mistyped or hostile command line gets: an exit code that a script can rely on, and words that help.
@Suite struct BadInputTests {
  @Test func eachMistakeHasItsWords() throws {
    let company = try CompanyFolder(items: 1)
    _ = try company.cycle()
    try company.shell("git init -q -b main empty; git clone -q --bare ops bare.git; mkdir folder")
    let before = try company.shell("sha256sum ops.db; ls")
    let root = String(repeating: "1", count: 40)
    for (line, code, words) in [
      ("plan --repo ops --store none.db", 1, "cannot open the store 'none.db'"),
      ("plan --repo nowhere --store ops.db", 1, "cannot open the repository 'nowhere'"),
      ("plan --repo empty --store ops.db", 1, "is not in the repository"),
      ("plan --repo ops --store ops.db --branch mian", 1, "the branch 'mian' is gone or empty"),
      ("plan --repo ops --store ops.db --now tomorrow", 64, "is not an RFC 3339 time"),
      ("plan --repo ops --store ops.db --now 2200-01-01T00:00:00Z", 64, "is not between 1970"),
      ("plan --repo nowhere --store ops.db", 1, "with --repo"),
      ("explain --repo ops Channel/storefront --class cor", 1, "did you mean 'core'?"),
      ("get positions --store ops.db --sku ZZZ", 0, "nothing matches"),
      ("audit show 1 2 3", 64, "'3' is one argument too many"),
      ("plan --repo ops --store ops.db --trust-root 12", 64, "takes the 40 digits"),
      ("plan --repo ops --store ops.db --trust-root \(root)", 1, "this store trusts the first commit"),
      ("plan --repo ops --store ops.db --out none/plan.json", 1, "'none/plan.json' cannot be written"),
      ("plan --repo ops", 64, "Missing expected argument '--store"),
      ("run --once --repo ops --store ops.db --trust-root \(root)", 1, "this store trusts the first commit"),
      ("run --once --repo ops --store none/ops.db", 1, "the store's folder must exist"),
      ("run --once --repo ops --store folder", 1, "cannot open the store 'folder'"),
      ("run --once --repo ops --store ops.db --audit-key none", 1, "the daemon's key is not at 'none'"),
      ("run --repo ops --store ops.db --interval 0s", 64, "--interval must be at least 1s"),
      ("run --once --repo=--upload-pack=touch,pwned --store ops.db", 1, "cannot open the repository"),
      ("run --once --repo 'ext::sh -c touch% pwned' --store ops.db", 1, "cannot open the repository"),
      (
        "plan --repo 'ssh://-oProxyCommand=touch%20pwned/x' --store ops.db", 1,
        "its host '-oProxyCommand=touch%20pwned' begins with '-'"
      ),
      ("plan --repo='-oProxyCommand=x@host:p' --store ops.db", 1, "begins with '-'"),
      ("import --repo ops --store none/ops.db ops.db", 1, "cannot open the store 'none/ops.db'"),
      ("import --repo ops --store ops.db none.jsonl", 1, "none.jsonl"),
      ("get orders --store none.db", 1, "cannot open the store 'none.db'"),
      ("get ordesr --store ops.db", 64, "did you mean 'orders'?"),
      ("wake --store ops.db", 1, "no daemon is running"),
      ("pla", 64, "pla"),
    ] {
      let result = try company.purser.shell("purser \(line)", in: company.name)
      #expect(result.status == Int32(code), "\(line): \(result.errors)")
      #expect(result.errors.contains(words), "\(line): \(result.errors)")
      // With --out the plan itself was printed before.
      #expect(
        result.output.isEmpty || line.contains("--out") || line.contains("mian"), "\(line)")
    }
    try company.shell("rm -rf *.lock *.db.git *-wal *-shm")
    #expect(try company.shell("sha256sum ops.db; ls") == before.replacing("ops.db.lock\n", with: ""))
  }

  @Test func aBranchWithoutCommits() throws {
    let company = try CompanyFolder()
    try company.shell("git init -q -b main empty")
    let run = try company.cycle(repository: "empty")
    #expect(run.status == 1 && run.errors.contains("the branch has no commit yet"))
    #expect(try company.succeed("get", "orders", "--store", "ops.db").errors == "no orders\n")
  }

  /// A reader that has seen enough is no error; an output that cannot be written is one.
  @Test func outputsThatCannotBeWritten() throws {
    let company = try CompanyFolder(items: 1)
    for command in [
      "plan --repo ops --store ops.db -o json", "get positions --store ops.db", "schema", "validate -o json ops",
    ] {
      let closed = try company.shell("{ purser \(command); echo $? >&3; } 3>code | true; cat code")
      #expect(closed == "0", "\(command)")
      let full = try company.purser.shell("purser \(command) >/dev/full", in: company.name)
      #expect(full.status == 1 && full.errors.contains("the output cannot be written"), "\(command): \(full.errors)")
    }
    let code = try company.shell(
      "{ purser plan --repo ops --store ops.db --detailed-exitcode; echo $? >&3; } 3>code | true; cat code")
    #expect(code == "2", "the plan is what it is, whoever reads it")
  }

  /// An escape sequence in a commit, an item or an order reaches no terminal, and no colour stands in a file.
  @Test func controlCharactersAreShownAndNotSent() throws {
    let company = try CompanyFolder()
    let sku = #"X\u001b[31mRED\u202e"#
    _ = try company.importEvents(
      CompanyFolder.stock(1).map { $0.replacing("ITEM-1", with: sku) }
        + CompanyFolder.orders(1...3, items: 1).map { $0.replacing("\"O-", with: #""O\u0007\u001b]0;owned"#) },
      as: "events")
    try company.shell("git -C ops commit -q --allow-empty -m \"$(printf 'Red \\033[31m bell \\007')\"")
    try company.shell(
      "cd ops && echo '# x' >> state/channels/channels.yaml && git -c commit.gpgsign=false commit -qam \"$(printf 'Evil \\033[31m')\""
    )
    let script = """
      purser plan --repo ops --store ops.db --now \(CompanyFolder.now); purser plan --repo ops --store ops.db -o markdown
      purser run --once --repo ops --store ops.db --now \(CompanyFolder.now)
      for what in positions availability reservations orders cases events; do purser get $what --store ops.db; done
      purser get positions --store ops.db -o name; purser get positions --store ops.db -o json
      NO_COLOR=1 purser validate ops
      """
    let shown = try company.purser.shell("{ \(script) \n} 2>&1", in: company.name).output
    #expect(shown.contains("Evil"), "\(shown)")
    let hidden = shown.unicodeScalars.filter { ($0.value < 0x20 && $0 != "\n") || (0x202A...0x202E).contains($0.value) }
    #expect(hidden.isEmpty, "\(hidden.map { String($0.value, radix: 16) })")
  }
}
