import FoundationEssentials
import TestSupport
import Testing

/// The hooks that come with a new repository, run by git itself.
@Suite struct HookTests {
  let scratch: ScratchFolder
  let purser: Program

  init() throws {
    scratch = try ScratchFolder()
    purser = try Program(scratch)
    try #require(try purser("init", "ops").status == 0)
  }

  @Test func preCommitRefusesWhatIsStagedAndWrong() throws {
    try #require(try purser.shell("git config core.hooksPath hooks", in: "ops").status == 0)
    let refused = try purser.shell(
      "sed -i 's/^tier: own/tier: onw/' state/channels/channels.yaml && git commit -qam Break", in: "ops")
    #expect(refused.status == 1 && refused.errors.contains("did you mean 'own'?"), "\(refused.errors)")
    #expect(refused.errors.hasPrefix("state/channels/channels.yaml:"), "\(refused.errors)")
    // The mistake stays in the work tree; what is staged is fine again, and that is what counts.
    let accepted = try purser.shell(
      "git reset -q && echo '# more' >> state/catalog/classes.yaml && git add state/catalog && git commit -qm More",
      in: "ops")
    #expect(accepted.status == 0, "\(accepted.errors)")
  }

  @Test func postReceiveWakesTheDaemonAndNeverFailsThePush() throws {
    let prepared = try purser.shell(
      """
      git clone -q --bare ops central && cp ops/hooks/post-receive central/hooks/ && mkdir bin &&
      printf '#!/bin/sh\\necho "$@" >> %s/woken\\nexit 1\\n' "$HOME" > bin/purser && chmod +x bin/purser
      """, in: ".")
    try #require(prepared.status == 0, "\(prepared.errors)")
    let push = "PATH=$HOME/bin:$PATH git push -q ../central HEAD:main"
    #expect(try purser.shell("git commit -q --allow-empty -m One && \(push)", in: "ops").status == 0)
    #expect(!FileManager.default.fileExists(atPath: scratch.path("woken")))
    let pushed = try purser.shell(
      "git -C ../central config purser.store '/srv/my ops.db' && git commit -q --allow-empty -m Two && \(push)",
      in: "ops")
    #expect(pushed.status == 0, "\(pushed.errors)")
    #expect(try scratch.read("woken") == "wake --store /srv/my ops.db\n")
  }
}
