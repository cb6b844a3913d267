import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// The hooks of a work tree and of a server, installed and then run by git itself.
@Suite struct HookTests {
  let scratch: ScratchFolder
  let purser: Program

  init() throws {
    scratch = try ScratchFolder()
    purser = try Program(scratch)
    try #require(try purser("init", "ops").status == 0)
  }

  func shell(_ command: String, in folder: String = "ops") throws -> ChildProcess.Result {
    try purser.shell(command, in: folder)
  }

  // MARK: pre-commit

  @Test func preCommitRefusesWhatIsStagedAndWrong() throws {
    try #require(try shell("purser hooks install").status == 0)
    let refused = try shell(
      "sed -i 's/^tier: own/tier: onw/' state/channels/channels.yaml && git commit -qam Break")
    #expect(refused.status == 1 && refused.errors.contains("did you mean 'own'?"), "\(refused.errors)")
    #expect(refused.errors.hasPrefix("state/channels/channels.yaml:"), "\(refused.errors)")
    #expect(refused.errors.contains("tier: onw\n"), "the line with its caret")
    // The mistake stays in the work tree; what is staged is fine again, and that is what counts.
    let accepted = try shell(
      "git reset -q && echo '# more' >> state/catalog/classes.yaml && git add state/catalog && git commit -qm More")
    #expect(accepted.status == 0, "\(accepted.errors)")
    // The other way around: what is staged is wrong, and the work tree is fine.
    let staged = try shell(
      "git add -A && sed -i s/onw/own/ state/channels/*.yaml && git commit -qm Staged"
    )
    #expect(staged.status == 1 && staged.errors.contains("tier: onw\n"), "\(staged.errors)")
    // `git commit PATH` commits an index of its own.
    let path = try shell(
      "echo '# mended' >> state/channels/channels.yaml && git commit -qm Mended state/channels/channels.yaml")
    #expect(path.status == 0, "\(path.errors)")
  }

  @Test func preCommitRefusesASecretAndNeverShowsIt() throws {
    let token = "glpat-" + String(repeating: "a1B2", count: 6)
    try #require(try shell("purser hooks install && echo '\(token)' > notes.txt && git add -A").status == 0)
    let refused = try shell("git commit -qm Notes")
    #expect(refused.status == 1 && refused.errors.contains("notes.txt:1:1: error: this looks like a token of GitLab"))
    #expect(!refused.errors.contains("a1B2"), "\(refused.errors)")
    #expect(try shell("echo nothing > notes.txt && git commit -qam Notes").status == 0)
  }

  /// Each side is in order, and what git makes of both is not.
  @Test func aMergeThatSucceedsByItselfIsCheckedToo() throws {
    try #require(try shell("purser hooks install && git branch other").status == 0)
    let write = "printf 'kind: Channel\\nname: outlet\\ntype: dtc\\ntier: own\\n'"
    for (branch, file) in [("main", "one"), ("other", "two")] {
      let made = try shell(
        "git checkout -q \(branch) && \(write) > state/channels/\(file).yaml && git add -A && git commit -qm \(file)")
      try #require(made.status == 0, "\(made.errors)")
    }
    let merged = try shell("git merge -q --no-edit main")
    #expect(merged.status != 0 && merged.errors.contains("Channel/outlet"), "\(merged.errors)")
    #expect(try shell("git log --merges --oneline").output.isEmpty)
  }

  @Test func preCommitRefusesWhatTheServerRefusesElsewhere() throws {
    let token = "glpat-" + String(repeating: "a1B2", count: 6)
    try #require(try shell("purser hooks install").status == 0)
    for (made, says) in [
      ("echo x > \(token).txt", "looks like a token of GitLab"),
      (
        "printf '\\377\\376' > n.txt; printf '\(token)' | iconv -t UTF-16LE >> n.txt",
        "n.txt:1:1: error: this looks like"
      ),
      ("git -c protocol.file.allow=always submodule --quiet add ./. sub", "'sub' is a submodule"),
    ] {
      let refused = try shell("(\(made)) && git add -A && git commit -qm More")
      #expect(refused.status == 1 && refused.errors.contains(says), "\(made): \(refused.errors)")
      #expect(!refused.errors.contains("a1B2"), "\(refused.errors)")
      try #require(try shell("git reset -q --hard && git clean -fdxq").status == 0)
    }
  }

  @Test func preCommitRefusesWhatIsNoPlainFile() throws {
    try #require(
      try shell("purser hooks install && ln -s ../../README.md state/channels/link.yaml && git add -A").status == 0)
    let link = try shell("git commit -qm Link")
    #expect(link.status == 1 && link.errors.contains("symbolic link"), "\(link.errors)")
    try #require(try shell("git rm -qf state/channels/link.yaml && git add -N README.md").status == 0)
    let announced = try shell(
      "echo 'kind: Channl' > state/channels/new.yaml && git add -N state && git commit -qm Later --allow-empty")
    #expect(announced.status == 0, "an announced file is no part of the commit: \(announced.errors)")
  }

  @Test(arguments: [
    "git update-index --split-index", "git sparse-checkout set --cone --sparse-index hooks state/channels",
  ])
  func preCommitReadsWhateverFormTheIndexHas(form: String) throws {
    try #require(try shell("purser hooks install && \(form)").status == 0)
    let accepted = try shell("echo more >> README.md && git commit -qam More")
    #expect(accepted.status == 0, "\(accepted.errors)")
    let refused = try shell("sed -i 's/^tier: own/tier: onw/' state/channels/channels.yaml && git commit -qam Break")
    #expect(refused.status == 1 && refused.errors.contains("did you mean 'own'?"), "\(refused.errors)")
  }

  /// A name in Latin-1 stands in nobody's way outside of state/, and within it it is named.
  @Test func aNameThatIsNoTextIsNamedAndStopsNothingElse() throws {
    let latin = "$(printf 'caf\\351')"
    try #require(
      try shell("purser hooks install && mkdir docs && echo x > \"docs/\(latin).txt\" && git add -A").status == 0)
    let outside = try shell("git commit -qm Menu")
    #expect(outside.status == 0, "\(outside.errors)")
    let inside = try shell("echo '# x' > \"state/\(latin).yaml\" && git add -A && git commit -qm State")
    #expect(inside.status == 1 && inside.errors.contains("'state/caf\\xe9.yaml' cannot be a path"), "\(inside.errors)")
    // What is pushed all the same is named by the server, and a later commit puts it right.
    try #require(try shell("git clone -q --bare ops central && purser hooks install central", in: ".").status == 0)
    let pushed = try shell("git commit -qnm State && git push -q ../central HEAD:main")
    #expect(pushed.status == 1 && pushed.errors.contains("caf\\xe9.yaml"), "\(pushed.errors)")
    let mended = try shell("git rm -q state/caf*.yaml && git commit -qm Mended && git push -q ../central HEAD:main")
    #expect(mended.status == 0, "\(mended.errors)")
  }

  /// What the pre-commit framework reads of this package and runs, as it runs it: without a network, and without the
  /// framework, which clones the package first.
  @Test func theFrameworksHookRefusesWhatIsStagedAndWrong() throws {
    let package = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
    let content = try #require(FileManager.default.contents(atPath: package + "/.pre-commit-hooks.yaml"))
    let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
    func value(_ key: String) -> String? {
      lines.compactMap { line in
        let words = line.drop { $0 == "-" || $0 == " " }
        return words.hasPrefix(key + ": ") ? String(words.dropFirst(key.utf8.count + 2)) : nil
      }.first
    }
    #expect(value("id") == "purser" && value("language") == "system" && value("stages") == "[pre-commit]")
    // It looks at the index itself: names of files would only be half of it.
    #expect(value("pass_filenames") == "false" && value("always_run") == "true")
    let entry = try #require(value("entry"))
    let clean = try shell("echo '# more' >> state/catalog/classes.yaml && git add -A && PRE_COMMIT=1 \(entry)")
    #expect(clean.status == 0, "\(clean.errors)")
    let wrong = try shell(
      "sed -i 's/^tier: own/tier: onw/' state/channels/channels.yaml && git add -A && PRE_COMMIT=1 \(entry)")
    #expect(wrong.status == 1 && wrong.errors.contains("did you mean 'own'?"), "\(wrong.errors)")
    #expect(try shell("git reset -q --hard && PRE_COMMIT=1 \(entry)").status == 0)
  }

  // MARK: Installing

  @Test func installingAgainChangesNothingAndUninstallingLeavesNothing() throws {
    let first = try purser("hooks", "install", "ops")
    #expect(first.status == 0 && first.errors.hasPrefix("installed "), "\(first.errors)")
    let again = try purser("hooks", "install", "ops")
    #expect(again.status == 0 && again.errors.hasSuffix("pre-merge-commit is already installed\n"), "\(again.errors)")
    try #require(try shell("echo '# an older one' >> .git/hooks/pre-commit").status == 0)
    #expect(try purser("hooks", "install", "ops").errors.contains("updated "))
    #expect(try shell("git config --get purser.program").output == purser.folder + "/purser\n")
    #expect(try purser("hooks", "uninstall", "ops").errors.hasPrefix("removed "))
    #expect(try purser("hooks", "uninstall", "ops").errors == "Purser's hooks are not installed\n")
    #expect(try shell("ls .git/hooks/pre-commit").status != 0)
    #expect(try shell("git config --get purser.program").status == 1)
  }

  @Test func aHookOfOthersStaysUnlessItIsToBeChained() throws {
    try scratch.write("#!/bin/sh\necho theirs >> ran\nexit 3\n", to: "ops/.git/hooks/pre-commit")
    try #require(try shell("chmod 755 .git/hooks/pre-commit").status == 0)
    let refused = try purser("hooks", "install", "ops")
    #expect(refused.status == 1 && refused.errors.contains("--force"), "\(refused.errors)")
    #expect(try scratch.read("ops/.git/hooks/pre-commit").contains("theirs"))
    #expect(try shell("git config --get purser.program").status == 1, "nothing was done")

    #expect(try purser("hooks", "install", "--force", "ops").status == 0)
    #expect(try purser("hooks", "install", "ops").status == 0, "the chained one stands in nobody's way")
    let chained = try shell("echo '# more' >> state/catalog/classes.yaml && git commit -qam More")
    #expect(chained.status != 0, "theirs refuses after ours accepted")
    #expect(try scratch.read("ops/ran") == "theirs\n")
    let broken = try shell("sed -i 's/^tier: own/tier: onw/' state/channels/channels.yaml && git commit -qam Break")
    #expect(broken.status == 1)
    #expect(try scratch.read("ops/ran") == "theirs\n", "ours refused first")
    #expect(try purser("hooks", "uninstall", "ops").status == 0)
    #expect(try scratch.read("ops/.git/hooks/pre-commit").contains("theirs"))
  }

  @Test func coreHooksPathIsFollowed() throws {
    try #require(try shell("git config core.hooksPath .githooks && purser hooks install").status == 0)
    #expect(try scratch.read("ops/.githooks/pre-commit").contains("# Purser's pre-commit hook"))
    #expect(
      try shell("sed -i 's/^tier: own/tier: onw/' state/channels/channels.yaml && git commit -qam Break").status == 1)
    // From the global configuration it is for all repositories: one of them may not take it.
    try #require(
      try shell("git config --unset core.hooksPath && git config --global core.hooksPath ~/shared").status == 0)
    let shared = try purser("hooks", "install", "ops")
    #expect(shared.status == 1 && shared.errors.contains("all your repositories"), "\(shared.errors)")
    let hint = try #require(shared.errors.split(separator: "install again: ").last)
    try #require(try shell(String(hint), in: ".").status == 0)
    #expect(try purser("hooks", "install", "ops").status == 0)
    #expect(try shell("git commit -qam Break").status == 1)
  }

  @Test func aLinkedWorkTreeSharesTheHook() throws {
    try #require(try shell("git worktree add -q ../linked && purser hooks install ../linked").status == 0)
    #expect(try scratch.read("ops/.git/hooks/pre-commit").contains("# Purser's pre-commit hook"))
    let refused = try shell(
      "sed -i 's/^tier: own/tier: onw/' state/channels/channels.yaml && git commit -qam Break", in: "linked")
    #expect(refused.status == 1 && refused.errors.contains("tier: onw"), "\(refused.errors)")
  }

  // MARK: A server

  @Test func aServerGetsItsHooksAndItsSettings() throws {
    try #require(try shell("git clone -q --bare ops central", in: ".").status == 0)
    #expect(try purser("hooks", "install", "--gate", "valid", "ops").status == 64, "no server")
    try #require(try shell("git branch live", in: "central").status == 0)
    let installed = try shell("purser hooks install --store ops.db --gate valid --branch live central", in: ".")
    #expect(installed.status == 0 && installed.errors.contains("receive.fsckObjects"), "\(installed.errors)")
    #expect(try shell("git config receive.fsckObjects", in: "central").output == "true\n")
    let settings = try shell("git config --get-regexp '^purser[.]' | grep -v program", in: "central").output
    #expect(settings == "purser.store \(scratch.path)/ops.db\npurser.branch live\npurser.gate valid\n", "\(settings)")
    let names = try shell(
      "ls hooks | grep -v sample; purser hooks uninstall .; ls hooks | grep -v sample", in: "central")
    #expect(names.output == "post-receive\npre-receive\n")
  }

  /// A gate for a branch that nobody pushes to would let everything pass.
  @Test(arguments: [
    ("refs/heads/main", "use the short name: main"), ("mian", "did you mean 'main'?"),
    ("", "is not a branch name"),
    ("audit", "contains the audit trail"), ("a..b", "is not a branch name"),
  ]) func aGateForNoBranchIsRefused(branch: String, says: String) throws {
    try #require(try shell("git clone -q --bare ops central", in: ".").status == 0)
    let refused = try shell("purser hooks install --branch '\(branch)' central", in: ".")
    #expect(refused.status == 1 && refused.errors.contains(says), "\(refused.errors)")
    #expect(try shell("ls hooks | grep -v sample", in: "central").output == "", "nothing was installed")
    // The same as a setting that somebody made by hand.
    guard branch != "mian" else { return }
    try #require(
      try shell("purser hooks install central && git -C central config purser.branch '\(branch)'", in: ".").status == 0)
    let push = try shell("git commit -q --allow-empty -m One && git push -q ../central HEAD:main")
    #expect(push.status == 1 && push.errors.contains("purser.branch"), "\(push.errors)")
  }

  @Test func anEmptyServerTakesAnyBranch() throws {
    try #require(try shell("git init -q --bare empty", in: ".").status == 0)
    let installed = try shell(
      "git -C empty config receive.fsckObjects false && purser hooks install --branch live empty", in: ".")
    #expect(installed.status == 0 && !installed.errors.contains("fsckObjects"), "\(installed.errors)")
    #expect(try shell("git config receive.fsckObjects", in: "empty").output == "false\n", "what was set stays")
  }

  @Test func postReceiveNeverFailsThePush() throws {
    try #require(
      try shell("git clone -q --bare ops central && purser hooks install --store '/srv/my ops.db' central", in: ".")
        .status == 0)
    let pushed = try shell("git commit -q --allow-empty -m One && git push ../central HEAD:main")
    #expect(
      pushed.status == 0 && pushed.errors.contains("no daemon is running for '/srv/my ops.db'"), "\(pushed.errors)")
    let gone = try shell(
      "git -C ../central config purser.program /nowhere/purser && rm ../central/hooks/pre-receive"
        + " && git commit -q --allow-empty -m Two && git push -q ../central HEAD:main")
    #expect(gone.status == 0, "\(gone.errors)")
  }

  /// Where people push as another user than the daemon's, nobody is told that there is no daemon.
  @Test(.enabled(if: getuid() == 0)) func whoMayNotWakeTheDaemonIsTold() throws {
    let script = """
      set -e; git clone -q --bare ops central; purser hooks install --store '\(scratch.path)/ops.db' central
      touch ops.db.sock; chmod 660 ops.db.sock; chmod 755 .; git config --global safe.directory '\(scratch.path)/central'
      """
    try #require(try shell(script, in: ".").status == 0)
    let pushed = try shell(
      "GIT_DIR=central setpriv --reuid 65534 --regid 65534 --clear-groups purser hook post-receive </dev/null", in: ".")
    #expect(pushed.status == 0 && pushed.errors.contains("you may not wake the daemon"), "\(pushed.errors)")
    #expect(pushed.errors.contains("belong to the group of '\(scratch.path)/ops.db.sock'"), "\(pushed.errors)")
  }

  @Test func preReceiveWithoutTheProgramRefuses() throws {
    try #require(
      try shell(
        "git clone -q --bare ops central && purser hooks install central && git -C central config purser.program /nowhere/purser",
        in: "."
      ).status == 0)
    let refused = try shell("git commit -q --allow-empty -m One && git push -q ../central HEAD:main")
    #expect(refused.status == 1 && refused.errors.contains("git config purser.program"), "\(refused.errors)")
  }

  @Test func aSettingThatIsWrongRefuses() throws {
    try #require(
      try shell(
        "git clone -q --bare ops central && purser hooks install central && git -C central config purser.gate open",
        in: "."
      ).status == 0)
    let refused = try shell("git commit -q --allow-empty -m One && git push -q ../central HEAD:main")
    #expect(refused.status == 1 && refused.errors.contains("purser.gate is 'open'"), "\(refused.errors)")
  }
}
