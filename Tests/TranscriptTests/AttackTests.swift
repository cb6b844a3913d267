import TestSupport
import Testing

/// Everyone who may push, and some who keep the server, try to get a change of a channel applied that its rule does not
/// allow: through commits, merges, references, the policy's history and the daemon's own branch, with the gate in front of
/// the server and without it. What can be done with statements is in `ApprovalAttackTests`.
@Suite struct AttackTests {
  struct Attack: Sendable, CustomTestStringConvertible {
    var name: String
    /// Shell commands in the company's folder. `cap N` lowers the cap in the clone at hand, `say WHO KIND REV` says something.
    var commands: String
    /// What the daemon says about it; empty where there is nothing to say, because nothing that it looks at has changed.
    var says: String
    /// Whether it needs no more than pushing, so that the gate must stop it too.
    var isPush = true
    /// The cap in force afterwards.
    var inForce = "30%"
    /// What whoever keeps the server does about it.
    var repair: String
    var testDescription: String { name }

    init(
      _ name: String, _ commands: String, says: String, isPush: Bool = true, inForce: String = "30%",
      repair: String = "true"
    ) {
      (self.name, self.commands, self.says, self.isPush, self.inForce) = (name, commands, says, isPush, inForce)
      self.repair = repair
    }
  }

  static let commits: [Attack] = [
    Attack("a change without its review", "cd ops; cap 9; commit; push", says: "approval.review_needed"),
    Attack("unsigned", "cd ops; cap 9; git -c commit.gpgsign=false commit -qam x; push", says: "approval.unsigned"),
    Attack(
      "signed with a key of nobody",
      "ssh-keygen -q -N '' -t ed25519 -f new; cd ops; cap 9; git -c user.signingkey=\"$PWD/../new\" commit -qam x; push",
      says: "approval.unknown_key"),
    Attack(
      "a signature that was made for another commit",
      """
      cd ops; cap 9; commit; git cat-file commit HEAD > ../good; cap 1; git add -A
      sed "1s/.*/tree $(git write-tree)/" ../good > ../bad
      git update-ref HEAD $(git hash-object -t commit -w ../bad); push
      """, says: "approval.bad_signature"),
    Attack(
      "the author approves", "cd ops; cap 9; commit; push; cd ..; ! say ops approve $(tip)",
      says: "approval.review_needed"),
    Attack(
      "who wrote it approves what another signs",
      "cd ops; cap 9; git commit -qam x --author='Ben <BEN@example.test>'; push; cd ..; ! say ben approve $(tip)",
      says: "approval.review_needed"),
    Attack(
      "a co-author approves",
      "cd ops; cap 9; git commit -qam x -m 'Co-authored-by: B <ben@example.test>'; push; cd ..; ! say ben approve $(tip)",
      says: "approval.review_needed"),
    Attack(
      "the owner of a merged commit approves its merge",
      """
      cd ben; git checkout -q -b side; cap 9; commit; cd ../ops; git fetch -q ../ben side
      git merge -q --no-ff -m Merge FETCH_HEAD; push; cd ..; ! say ben approve $(tip)
      """, says: "approval.review_needed"),
    Attack(
      "an author whom nobody knows",
      "cd ops; cap 9; git commit -qam x --author='N <n@nowhere.test>'; push; cd ..; say ben approve $(tip) || true",
      says: "approval.unmapped"),
    Attack(
      "an overlay in a file of another folder",
      """
      cd ops; printf 'kind: Channel\\nname: marketplace-a\\nscope: {sku: ITEM-1}\\ncap: {units: 1, window: 7d}\\n' \
      > state/network/more.yaml; git add -A; commit; push
      """, says: "approval.review_needed"),
    Attack(
      "the channel goes, in a rename",
      "cd ops; git mv state/channels/channels.yaml state/network/channels.yaml; cap2 9; commit; push",
      says: "approval.review_needed"),
    Attack(
      "an evil merge: more than both sides",
      """
      cd ben; git checkout -q -b side; cap 20; commit; git push -q origin side; cd ..
      say eve approve side; cd ops; git fetch -q; git merge -q --no-ff --no-commit origin/side; cap 1
      git commit -qam Merge; push
      """, says: "approval.review_needed"),
    Attack(
      "a merge the wrong way around",
      """
      cd ben; git checkout -q -b side main~1; git merge -q --no-ff -s ours -m Merge main; git push -q origin HEAD:main
      """, says: "history.rewritten"),
    Attack(
      "governance beside the change",
      "cd ops; cap 9; sed -i 's/^review: {ops-lead: 1}/review: none/' state/governance/people.yaml; commit; push",
      says: "approval.governance_mixed"),
    Attack(
      "the rule is changed by who may not",
      "cd ben; sed -i 's/^review: {ops-lead: 1}/review: none/' state/governance/people.yaml; commit; cap 9; commit; push",
      says: "approval.role"),
    Attack(
      "one key of two people",
      """
      cd ops; printf -- '---\\nkind: Person\\nname: mallory\\nemail: m@example.test\\nkeys: ["%s"]\\n' \
      "$(cut -d' ' -f1,2 ../keys/eve.pub)" >> state/governance/people.yaml; commit; cap 9; commit; push
      """, says: "state.shared_key"),
    Attack(
      "the daemon's key for a person",
      """
      cd ops; printf -- '---\\nkind: Person\\nname: mallory\\nemail: m@example.test\\nkeys: ["%s"]\\n' \
      "$(sed -n 's/^audit_key: //p' state/purser.yaml)" >> state/governance/people.yaml; commit; cap 9; commit; push
      """, says: "state.shared_key"),
    Attack(
      "a twin of a file that some disks cannot tell apart",
      "cd ops; cp state/channels/channels.yaml state/channels/Channels.yaml; git add -A; commit; push",
      says: "state.same_path"),
    Attack(
      "a link for a file",
      "cd ops; mv state/channels/channels.yaml x.yaml; ln -s ../../x.yaml state/channels/channels.yaml; git add -A; commit; push",
      says: "state.not_a_plain_file"),
  ]

  static let stale: [Attack] = [
    Attack(
      "more is pushed on top of what was approved",
      """
      cd ops; cap 9; commit; git push -q origin HEAD:refs/heads/asked; cd ..; say eve approve asked
      cd ops; cap 1; git commit -q --amend -am 'Cap'; push
      """, says: "approval.review_needed"),
    Attack(
      "another commit after the approved one",
      """
      cd ops; cap 9; commit; git push -q origin HEAD:refs/heads/asked; cd ..; say eve approve asked
      cd ops; cap 1; commit; push
      """, says: "approval.review_needed", inForce: "9%"),
    Attack(
      "the approved tree on another base, over what others did there",
      """
      cd ops; cap 9; commit; git push -q origin HEAD:refs/heads/asked; cd ..; say eve approve asked
      cd ops; wanted=$(git rev-parse HEAD^{tree}); git reset -q --hard HEAD~1
      echo '# checked' >> state/channels/channels.yaml; commit; push; cd ..; say ben approve $(tip); cycle
      cd ops; git reset -q --hard $(git commit-tree -S -p HEAD -m Cap $wanted); push
      """, says: "approval.review_needed"),
    Attack(
      "the approved change after others changed its file",
      """
      cd ops; cap 9; commit; git push -q origin HEAD:refs/heads/asked; cd ..; say eve approve asked
      cd ops; git reset -q --hard HEAD~1; echo '# checked' >> state/channels/channels.yaml; commit; push; cd ..
      say ben approve $(tip); cycle; cd ops; cap 9; commit; push
      """, says: "approval.review_needed"),
    Attack(
      "an approval from before the rules changed",
      """
      cd ops; cap 9; commit; git push -q origin HEAD:refs/heads/asked; cd ..; say eve approve asked
      cd ops; git reset -q --hard HEAD~1; sed -i 's/^email: ben@example.test/&\\nemails: [b@example.test]/' \
      state/governance/people.yaml; commit; push; cycle; cap 9; commit; push
      """, says: "approval.void"),
    Attack(
      "an approval that was taken back, appended again by its author",
      """
      cd ops; cap 9; commit; git push -q origin HEAD:refs/heads/asked; cd ..; say eve approve asked; say eve revoke asked
      cd ops; push
      """, says: "approval.review_needed"),
    Attack(
      "the log is put back to before a rejection",
      """
      cd ops; cap 9; commit; push; cd ..; say eve approve $(tip)
      before=$(git -C shared.git rev-parse refs/purser/approvals)
      say dan reject $(tip) --reason No; cycle || true; git -C shared.git rev-parse refs/purser/approvals > was; git -C shared.git update-ref refs/purser/approvals $before
      """, says: "approval.rejected", isPush: false,
      repair: "git -C shared.git update-ref refs/purser/approvals $(cat was)"),
    Attack(
      "who approved has lost the role",
      """
      cd ops; cap 9; commit; git push -q origin HEAD:refs/heads/asked; cd ..; say eve approve asked
      cd ops; git reset -q --hard HEAD~1; sed -i 's/^people: \\[ben, eve, dan, /people: [ben, dan, /' \
      state/governance/people.yaml; commit; push; cycle; cap 9; commit; push
      """, says: "approval.review_needed"),
  ]

  static let references: [Attack] = [
    Attack(
      "the branch goes back to an older policy", "git -C shared.git update-ref refs/heads/main main~1",
      says: "history.rewritten", isPush: false),
    Attack(
      "the branch goes back by force", "cd ops; git push -q --force origin main~1:main", says: "history.rewritten"),
    Attack(
      "a history of its own",
      """
      cd ops; git checkout -q --orphan mine; cap 9; git commit -qam Mine; git push -q --force origin mine:main
      """, says: "history.rewritten"),
    Attack(
      "an older base", "cd ops; git reset -q --hard main~1; cap 9; commit; git push -q --force origin main",
      says: "history.rewritten"),
    Attack(
      "a tag with the name of the branch", "cd ops; cap 9; commit; git push -q origin HEAD:refs/tags/main",
      says: "", isPush: false),
    Attack(
      "another object in the place of the approved commit",
      """
      cd ops; cap 20; commit; push; cd ..; say eve approve $(tip); cd ops; good=$(git rev-parse HEAD); cap 1; git add -A
      evil=$(git commit-tree -S -p HEAD~1 -m x $(git write-tree)); git push -q origin $evil:refs/heads/evil
      git -C ../shared.git replace -f $good $evil
      """, says: "accepted", isPush: false, inForce: "20%"),
    Attack(
      "another object in the place of an approved commit, pushed",
      """
      cd ops; cap 9; commit; git push -q origin HEAD:refs/replace/$(git rev-parse main~1)
      """, says: ""),
    Attack(
      "grafted onto another parent",
      """
      cd ops; cap 9; commit; git push -q origin HEAD:refs/heads/evil
      echo "$(git -C ../shared.git rev-parse main) $(git rev-parse HEAD)" > ../shared.git/info/grafts
      """, says: "", isPush: false),
    Attack(
      "settings and hooks that come with a repository",
      """
      cd ops; mkdir -p hooks .git-hooks; printf '#!/bin/sh\\ntouch ../canary' > .git-hooks/post-checkout
      chmod +x .git-hooks/*; printf '* filter=evil diff=evil\\n' > .gitattributes
      printf '[core]\\n\\tfsmonitor = touch ../canary\\n' > .gitconfig; git add -A; git -c core.fsmonitor=false commit -qam x
      push
      """, says: "accepted", isPush: false),
  ]

  // MARK: The attempt

  private static let words = """
    set -e
    cap() { sed -i "0,/percent_of_available: [0-9]*%/s//percent_of_available: $1%/" state/channels/channels.yaml; }
    cap2() { sed -i "0,/percent_of_available: [0-9]*%/s//percent_of_available: $1%/" state/network/channels.yaml; }
    commit() { git add -A && git commit -qm Change; }
    push() { git push -q origin HEAD:refs/heads/main; }
    tip() { git -C "$top/shared.git" rev-parse main; }
    say() { who=$1; what=$2; rev=$3; shift 3
      git -C "$top/$who" fetch -q; purser $what $rev --yes --repo "$top/$who" --now \(CompanyFolder.now) "$@"; }
    cycle() { (cd "$top" && purser run --once --repo shared.git --store ops.db --now \(CompanyFolder.now)); }
    top=$PWD

    """

  private func attempt(_ attack: Attack, _ firm: ReviewedCompany) throws -> ChildProcess.Result {
    try firm.company.purser.shell(Self.words + attack.commands, in: firm.company.name)
  }

  /// A company of its own for an attack, as the other was.
  private func copy(_ firm: ReviewedCompany, _ number: Int) throws -> ReviewedCompany {
    let copy = try firm.copy("attack-\(number)")
    #expect(try copy.inForce() == "percent_of_available: 30%")
    return copy
  }

  /// The trail holds, and the same change is applied as soon as it is approved as it should be.
  private func expectOrder(_ attack: Attack, _ firm: ReviewedCompany) throws {
    let commit = try firm.company.shell(
      """
      \(attack.repair); rm -f shared.git/info/grafts; git -C shared.git for-each-ref --format='%(refname)' refs/replace | \
      xargs -r -n 1 git -C shared.git update-ref -d
      pin=$(git -C shared.git log -1 --format='%(trailers:key=Policy-Commit,valueonly)' audit | head -1)
      git -C shared.git update-ref refs/heads/main "$pin"; rm -rf honest; git clone -q shared.git honest; cd honest
      for key in gpg.format user.name user.email user.signingkey commit.gpgsign; do
        git config $key "$(git -C ../ops config $key)"; done
      sed -i '0,/percent_of_available: [0-9]*%/s//percent_of_available: 8%/' state/channels/channels.yaml
      git commit -qam Honest && git push -q --no-verify origin HEAD:refs/heads/honest && git -C ../dan fetch -q && git rev-parse HEAD
      """)
    let said = try firm.run("dan", "approve", "origin/honest")
    #expect(said.status == 0, "\(attack): \(said.errors)")
    try firm.company.shell("cd honest && git push -q origin HEAD:refs/heads/main")
    let applied = try firm.cycle()
    #expect(applied.errors.contains("accepted \(commit.prefix(10))"), "\(attack): \(applied.errors)")
    #expect(try firm.inForce() == "percent_of_available: 8%", "\(attack)")
    let again = try firm.company.run(["audit", "verify", "shared.git", "--store", "ops.db"])
    #expect(again.status == 0, "\(attack): \(again.errors)")
  }

  /// Without a gate: whatever lies on the server, the daemon alone decides.
  @Test(arguments: ["commits", "stale", "references"]) func nothingGetsPastTheDaemon(door: String) throws {
    let firm = try ReviewedCompany()
    for (number, attack) in Self.attacks(door).enumerated() {
      let mine = try copy(firm, number)
      let tried = try attempt(attack, mine)
      #expect(tried.status == 0, "\(attack) could not be tried: \(tried.errors)")
      let cycle = try mine.cycle()
      #expect(try mine.company.shell("ls | grep canary || true") == "", "\(attack)")
      #expect(
        attack.says.isEmpty ? cycle.status == 0 : cycle.errors.contains(attack.says), "\(attack): \(cycle.errors)")
      #expect(try mine.inForce() == "percent_of_available: \(attack.inForce)", "\(attack): \(cycle.errors)")
      try expectOrder(attack, mine)
    }
  }

  /// With the gate in front of it: the push is refused, and nothing on the server has moved.
  @Test(arguments: ["commits", "stale", "references"]) func nothingGetsThroughTheGate(door: String) throws {
    let firm = try ReviewedCompany()
    try firm.company.succeed("hooks", "install", "--store", firm.company.store, "shared.git")
    var last: (Attack, ReviewedCompany)?
    for (number, attack) in Self.attacks(door).enumerated() where attack.isPush {
      let mine = try copy(firm, number)
      let tried = try attempt(attack, mine)
      #expect(tried.status != 0 && tried.errors.contains("Nothing was pushed."), "\(attack): \(tried.errors)")
      #expect(tried.errors.contains("hint: "), "\(attack): \(tried.errors)")
      let cycle = try mine.cycle()
      #expect(cycle.status == 0, "\(attack): \(cycle.errors)")
      #expect(
        try ["30%", attack.inForce].contains { try mine.inForce() == "percent_of_available: \($0)" }, "\(attack)")
      last = (attack, mine)
    }
    let (attack, mine) = try #require(last)
    try expectOrder(attack, mine)
  }

  private static func attacks(_ door: String) -> [Attack] {
    switch door {
    case "commits": commits
    case "stale": stale
    default: references
    }
  }
}
