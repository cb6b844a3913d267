import TestSupport
import Testing

/// What comes with a repository, lies in it or names it, and would like to be run.
@Suite struct HostileRepositoryTests {
  /// Programs that git would run for settings, attributes and hooks. Each leaves a file behind.
  private static let traps = """
    set -e
    for repo in ops shared.git; do
      for key in filter.evil.clean filter.evil.smudge filter.evil.process diff.evil.command diff.evil.textconv \\
        merge.evil.driver core.fsmonitor core.sshCommand core.askPass core.gitProxy core.pager sequence.editor; do
        git -C $repo config $key "touch '$PWD/canary-$key'; false"
      done
      git -C $repo config core.hooksPath "$PWD/traps"
    done
    mkdir traps
    for hook in applypatch-msg commit-msg post-checkout post-commit post-index-change post-merge post-receive post-rewrite \\
      post-update pre-auto-gc pre-commit pre-push pre-receive prepare-commit-msg proc-receive reference-transaction update; do
      printf '#!/bin/sh\\ntouch "%s/canary-hook-%s"\\n' "$PWD" $hook > traps/$hook
      cp traps/$hook shared.git/hooks/$hook
    done
    chmod +x traps/* shared.git/hooks/*
    rm -f canary-*
    """

  private func canaries(_ company: CompanyFolder) throws -> String { try company.shell("ls | grep canary- || true") }

  /// Neither the daemon on either kind of repository, nor a person's commands in a work tree.
  @Test func row29NothingThatLiesInARepositoryIsRun() throws {
    let company = try CompanyFolder(items: 1)
    try company.shell(
      """
      cd ops && printf '* filter=evil diff=evil merge=evil\\n' > .gitattributes && \
      printf '[core]\\n\\tfsmonitor = touch ../canary-file\\n\\thooksPath = ../traps\\n' > .gitconfig && \
      git add -A && git commit -qm 'Attributes'
      """)
    let change = try company.commitCap(9)
    try company.shell("git clone -q --bare ops shared.git")
    try company.shell(Self.traps)
    try company.shell("cp -a shared.git other.git")
    func succeed(_ words: String...) throws {
      let result = try company.run(words + ["--now", CompanyFolder.now])
      #expect(result.status == 0, "\(words): \(result.errors)")
      #expect(try canaries(company) == "", "\(words)")
    }
    try succeed("run", "--once", "--repo", "ops", "--store", "ops.db")
    try succeed("run", "--once", "--repo", "shared.git", "--store", "shared.db")
    try succeed("run", "--once", "--repo", "file://\(company.path)/other.git", "--store", "mirror.db")
    try succeed("plan", "--repo", "ops", "--store", "ops.db")
    try succeed("changes", "--repo", "ops", "--store", "ops.db")
    try succeed("revert", change, "--commit", "--repo", "ops", "--store", "ops.db")
    try succeed("run", "--once", "--repo", "ops", "--store", "ops.db")
    #expect(try company.shell("grep -c 'percent_of_available: 9%' ops/state/channels/channels.yaml || true") == "0")
    for words in [["validate", "ops"], ["audit", "verify", "ops"], ["audit", "verify", "shared.git"]] {
      #expect(try company.run(words).status == 0, "\(words)")
    }
    #expect(try canaries(company) == "")
    // They are real traps: git itself falls into them.
    _ = try company.purser.shell(
      "git status; git hook run post-checkout; git checkout -q -b other", in: "company/ops")
    let caught = try canaries(company)
    #expect(
      ["core.fsmonitor", "hook-post-checkout", "filter"].allSatisfy { caught.contains("canary-\($0)") }, "\(caught)")
  }

  /// Names that are options or commands where they are taken for words of a command line.
  @Test func row30OptionsInTheGuiseOfNamesAreNames() throws {
    let company = try CompanyFolder(items: 1)
    try #require(try company.cycle().status == 0)
    let payload = "touch \(company.path)/canary-run"
    try company.scratch.write("#!/bin/sh\n\(payload)\n", to: "company/x")
    try company.shell("chmod +x x; git -C ops tag -- -x; git -C ops branch -- --x 2>/dev/null || true")
    let words = payload.replacing(" ", with: "%20")
    for address in [
      "ssh://-oProxyCommand=\(words)/r", "ssh://-oProxyCommand=\(payload)/r", "-oProxyCommand=\(payload)@host:p",
      "-x@host:p",
      "git@-oProxyCommand=\(payload):p", "ext::sh -c \(payload)", "fd::17", "file://--upload-pack=\(payload)",
      "--upload-pack=\(payload)", "https://127.0.0.1:1/-x", "transport::file:///x", "$(\(payload))", "`\(payload)`",
    ] {
      let result = try company.run([
        "run", "--once", "--repo=\(address)", "--store", "other.db", "--now", CompanyFolder.now,
      ])
      #expect(result.status == 1, "\(address): \(result.status) \(result.errors)")
      #expect(result.errors.contains("error") && !result.errors.contains("internal"), "\(address): \(result.errors)")
    }
    for branch in ["-u./x", "--upload-pack=./x", "-", "../x", "main:refs/heads/audit", "--", "main^{/x}", "@{-1}"] {
      let result = try company.run(
        ["run", "--once", "--repo", "ops", "--branch=\(branch)", "--store", "other.db", "--now", CompanyFolder.now])
      #expect(result.status == 64, "\(branch): \(result.status) \(result.errors)")
    }
    for command in [["approve"], ["reject", "--reason", "x"], ["revert", "--dry-run"]] {
      let result = try company.run(
        command + ["--repo", "ops", "--store", "ops.db", "--now", CompanyFolder.now, "--", "--x"])
      #expect(result.status == 1, "\(command): \(result.status) \(result.errors)")
    }
    #expect(try company.shell("ls | grep canary || true") == "")
    #expect(try company.cycle().status == 0)
  }
}
