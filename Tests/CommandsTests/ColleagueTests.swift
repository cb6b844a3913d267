import TestSupport
import Testing

/// "Add a colleague" of the README that `purser init` writes, followed to the letter.
@Suite struct ColleagueTests {
  @Test func theReadmeAddsAColleagueWhoThenChangesSomething() throws {
    let company = try CompanyFolder(items: 1)
    try #require(try company.cycle().status == 0)
    try company.shell("ssh-keygen -q -t ed25519 -N '' -C ada@example.com -f ada")
    let key = try company.scratch.read("company/ada.pub").split(separator: " ").prefix(2).joined(separator: " ")
    let readme = try company.scratch.read("company/ops/README.md")
    func block(after words: String) throws -> String {
      let rest = try #require(readme.firstRange(of: words).map { readme[$0.upperBound...] }, "\(words)")
      let lines = rest.split(separator: "\n", omittingEmptySubsequences: false).drop { !$0.hasPrefix("       ") }
      return lines.prefix { $0.hasPrefix("       ") || $0.isEmpty }.map { $0.dropFirst(7) }.joined(separator: "\n")
        .trimmed + "\n"
    }
    let people = try block(after: "Append this to `state/governance/people.yaml`").replacing(
      "ssh-ed25519 AAAA… ada@example.com", with: key + " ada@example.com")
    let signers = try block(after: "and to `.purser/allowed_signers`").replacing("ssh-ed25519 AAAA…", with: key)
    for (text, path) in [(people, "state/governance/people.yaml"), (signers, ".purser/allowed_signers")] {
      try company.scratch.write(
        try company.scratch.read("company/ops/" + path) + text, to: "company/ops/" + path)
    }
    try company.shell("cd ops && " + block(after: "3. Make two commits").lines.joined(separator: " && "))
    let added = try company.cycle()
    #expect(added.status == 0 && added.errors.ranges(of: "accepted ").count == 2, "\(added.errors)")

    // Ada's clone: all of step 4 but for the hooks of a server.
    let settings = try block(after: "4. Ada clones the repository").replacing("~/.ssh/purser.pub", with: "../ada.pub")
    try company.shell("git clone -q ops clone && cd clone && " + settings.lines.joined(separator: " && "))
    try company.shell(
      """
      cd clone && git verify-commit HEAD && git checkout -q -b ada && \
      sed -i 's/percent_of_available: 30%/percent_of_available: 20%/' state/channels/channels.yaml && \
      git commit -qam 'Lower a cap' && git verify-commit HEAD && git push -q origin ada && \
      git -C ../ops merge -q --ff-only ada
      """)
    let changed = try company.cycle()
    #expect(changed.status == 0 && changed.errors.contains("by ada-lovelace"), "\(changed.errors)")
  }
}

extension String {
  fileprivate var lines: [String] { split(separator: "\n").map(String.init) }

  /// Without empty lines at its end.
  fileprivate var trimmed: String {
    var text = self
    while text.last?.isNewline == true { text.removeLast() }
    return text
  }
}
