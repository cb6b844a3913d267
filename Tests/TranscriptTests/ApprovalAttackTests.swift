import Approvals
import AuditTrail
import Digest
import Git
import Operations
import TestSupport
import Testing

/// Everything that somebody who may push can append to the log to get a change through without its review.
@Suite struct ApprovalAttackTests {
  /// One after another in one log, each dated after the one before, so that none hides behind another.
  enum Attack: Int, CaseIterable {
    case expired, unsigned, damagedSignature, commitNamespace, otherPersonsKey, otherPersonsName, strangersKey, author
    case otherChange, otherPolicyVersion, unknownBase, fromTheFuture, unknownVersion, unknownKind, spaced, alteredReason
    case revokedAndSaidAgain
  }

  @Test func nothingButARealApprovalCounts() throws {
    let firm = try ReviewedCompany()
    let commit = try firm.commitCap(9)
    // What ben would say: made in a copy of the firm, so that the log here stays without it.
    let statement = try wouldSay("ben", commit, firm)
    let log = ApprovalLog(try PolicySource(address: firm.company.path + "/shared.git", mirrorPath: ""))
    for attack in Attack.allCases {
      var dated = statement
      dated.issuedAt = statement.issuedAt + TimeSpan(milliseconds: Int64(attack.rawValue * 10))
      for forged in try forgeries(attack, dated, firm) {
        try log.append(forged, by: Git.Person(name: "x", email: "x@example.test"), time: 0)
      }
      let refused = try firm.cycle()
      #expect(refused.status == 1 && refused.errors.contains("approval.review_needed"), "\(attack): \(refused.errors)")
    }
    #expect(try log.read().count >= Attack.allCases.count)
    #expect(try !firm.company.shell("git -C shared.git log --format=%s audit").contains(commit.prefix(10) + ":"))
    // The same change with a real approval: it was the attacks that failed.
    #expect(try firm.run("eve", "approve", commit).status == 0)
    let applied = try firm.cycle()
    #expect(applied.status == 0 && applied.errors.contains("accepted \(commit.prefix(10))"), "\(applied.errors)")
    // Only what somebody could have written who signs with a key is no fault; nothing else is one.
    let verified = try firm.company.run(["audit", "verify", "shared.git", "--store", "ops.db"])
    let faults = verified.errors.split(separator: "\n").filter { $0.hasPrefix("error: ") }
    #expect(verified.status == 1 && !faults.isEmpty, "\(verified.errors)")
    #expect(faults.allSatisfy { $0.contains("signature is invalid [audit.approvals]") }, "\(faults)")
  }

  private func wouldSay(_ person: String, _ commit: String, _ firm: ReviewedCompany) throws -> Statement {
    let copy = try firm.company.copy("copy")
    // The copy's clones still push to the firm: take away what they follow, so that they say it to themselves.
    try copy.shell(
      "for n in ops ben eve dan; do git -C $n fetch -q && git -C $n reset -q --hard origin/main && git -C $n remote remove origin; done"
    )
    let said = try copy.run([
      "approve", commit, "--yes", "--repo", person, "--store", "ops.db", "--now", CompanyFolder.now,
    ])
    try #require(said.status == 0, "\(said.errors)")
    let log = ApprovalLog(try PolicySource(address: copy.path + "/" + person, mirrorPath: ""))
    let first = try log.read().all.first
    return try #require(first).statement()
  }

  private func forgeries(_ attack: Attack, _ real: Statement, _ firm: ReviewedCompany) throws -> [SignedStatement] {
    let ben = try PrivateKey(openSSH: firm.company.scratch.read("company/keys/ben"))
    let owner = try PrivateKey(openSSH: firm.company.scratch.read(".config/purser/signing_key"))
    func altered(_ change: (inout Statement) -> Void) throws -> [SignedStatement] {
      var statement = real
      change(&statement)
      return [try #require(statement.signed(by: ben))]
    }
    func text(_ old: String, _ new: String) throws -> [SignedStatement] {
      let text = real.json.canonical.replacing(old, with: new)
      try #require(text != real.json.canonical)
      return try signed(Array(text.utf8), ben)
    }
    func signed(_ text: [UInt8], _ key: PrivateKey, _ namespace: String = Statement.namespace) throws
      -> [SignedStatement]
    {
      [try #require(SignedStatement(text: text, signature: SSHSignature.sign(text, with: key, namespace: namespace)))]
    }
    let words = real.json.canonicalBytes
    switch attack {
    case .unsigned: return [try #require(SignedStatement(text: words, signature: ""))]
    case .damagedSignature:
      let good = SSHSignature.sign(words, with: ben, namespace: Statement.namespace)
      let lines = good.split(separator: "\n")
      let damaged = good.replacing(lines[3], with: String(lines[3].reversed()))
      return [try #require(SignedStatement(text: words, signature: damaged))]
    case .commitNamespace: return try signed(words, ben, "git")
    case .otherPersonsKey: return try signed(words, owner)
    case .otherPersonsName: return try text("\"person\":\"ben\"", "\"person\":\"eve\"")
    case .strangersKey:
      let stranger = PrivateKey.generate()
      return try signed(words, #require(stranger))
    case .author:
      var own = real
      own.person = firm.owner
      return try [#require(own.signed(by: owner))]
    case .otherChange: return try altered { $0.change = SHA256Digest(of: "another") }
    case .otherPolicyVersion: return try altered { $0.policyVersion -= 1 }
    case .unknownBase: return try altered { $0.base = String(repeating: "1", count: 40) }
    case .expired: return try altered { ($0.issuedAt, $0.expiresAt) = ($0.issuedAt - .day, $0.issuedAt - .hour) }
    case .fromTheFuture: return try altered { ($0.issuedAt, $0.expiresAt) = ($0.issuedAt + .hour, $0.issuedAt + .day) }
    case .unknownVersion: return try text("\"v\":1", "\"v\":2")
    case .unknownKind: return try text("\"approve\"", "\"allow\"")
    case .spaced: return try text("\"v\":1", "\"v\": 1")
    case .alteredReason:
      let good = try #require(real.signed(by: ben))
      let other = Array(
        String(decoding: words, as: UTF8.self).replacing("\"reason\":null", with: "\"reason\":\"x\"").utf8)
      return [try #require(SignedStatement(text: other, signature: good.signature))]
    case .revokedAndSaidAgain:
      // The approval was held back and is appended after it was taken back.
      var revoke = real
      (revoke.kind, revoke.expiresAt, revoke.impact) = (.revoke, nil, nil)
      revoke.issuedAt = real.issuedAt + TimeSpan(milliseconds: 1)
      return [try #require(revoke.signed(by: ben)), try #require(real.signed(by: ben))]
    }
  }
}
