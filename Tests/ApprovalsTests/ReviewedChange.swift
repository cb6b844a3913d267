import Approvals
import DesiredState
import DesiredStateFiles
import Diagnostics
import Digest
import Operations

/// A shop whose people review each other: `anna` and `ben` write, `olga`, `otto` and `olaf` are ops leads, `fred` looks at
/// the money (and olaf too), and `dina` is on duty.
enum Shop {
  static let leads = ["olga", "otto", "olaf"]
  static let people = ["anna", "ben", "dina", "fred"] + leads

  static func key(_ name: String) -> PrivateKey {
    guard let key = PrivateKey(seed: SHA256Digest(of: name).bytes) else { preconditionFailure("32 bytes are a seed") }
    return key
  }

  static func seal(_ name: String) -> CommitFacts.Seal { .key(key(name).publicKey.description) }

  static func person(_ name: String, key owner: String? = nil) -> String {
    World.person(name, key(owner ?? name).publicKey.description) + "emails: [\(name)@home.test]\n"
  }

  /// - Parameter rules: the documents of the rules beside the one for people, roles and rules themselves.
  static func files(_ rules: String..., people: [String] = people.map { person($0) }, leads: [String] = leads) -> Files
  {
    [
      "state/purser.yaml": "kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n",
      "state/governance/people.yaml": World.join(people),
      "state/governance/roles.yaml": World.join([
        World.role("owner", "anna, ben", kinds: "\"*\"", paths: "\"**\""),
        World.role("ops-lead", leads.joined(separator: ", "), kinds: "Channel", paths: "\"**\""),
        World.role("finance", "fred, olaf", kinds: "", paths: "\"**\""),
        World.role("duty", "dina, anna", kinds: "", paths: "\"**\""),
      ]),
      "state/governance/rules.yaml": World.join(
        [World.rule("people", kinds: "Person, Role, ApprovalRule, Repository")] + rules),
      "state/channels/web.yaml": channel("web", "cap: {units: 100, window: 7d}\nexposure: 90%\n"),
      "state/channels/shop.yaml": channel("shop", "cap: {units: 50, window: 7d}\n"),
      "state/tiers.yaml": "kind: AllocationTier\nname: growth\nrank: 1\nrule: strict\n---\n"
        + "kind: ProductClass\nname: launch\npriority: 1\nmatch: {season: new}\n",
    ]
  }

  static func channel(_ name: String, _ fields: String) -> String {
    "kind: Channel\nname: \(name)\ntype: dtc\ntier: growth\n" + fields
  }

  static func rule(_ name: String, _ fields: String) -> String { "kind: ApprovalRule\nname: \(name)\n" + fields + "\n" }

  static let web = "state/channels/web.yaml"
  static func web(cap: Int) -> String { channel("web", "cap: {units: \(cap), window: 7d}\nexposure: 90%\n") }
}

/// A change of the shop with what people said about it, as values that a test alters.
struct ReviewedChange {
  static let start = Instant(milliseconds: 1_795_177_800_000)
  static let zero = String(repeating: "0", count: 40)

  var before = Shop.files(Shop.rule("channels", "kinds: [Channel]\nreview: {ops-lead: 2}"))
  var after: Files
  var seals = [Shop.seal("anna")]
  var identities: [CommitFacts.Identity] = []
  var mergedKeys: [String] = []
  var base = PolicyPin(commit: zero, tree: "", version: 3)
  var touched: [String: Set<String>] = [:]
  var statements: [SignedStatement] = []
  var now = start
  /// What the change would do; nil where that is not known.
  var impact: [String: Int64]? = [:]
  /// The files of the changes that led to its base.
  var recent: [[FileChange]] = []

  init() { after = before.with(Shop.web, Shop.web(cap: 40)) }

  init(_ rules: String...) {
    self.init()
    before = Shop.files(World.join(rules))
    after = before.with(Shop.web, Shop.web(cap: 40))
  }

  var change: Change {
    let loaded = after.state()
    var change = Change(
      base: base,
      commits: seals.enumerated().map { index, seal in
        CommitFacts(
          id: "\(index + 1)" + Self.zero.dropFirst(), tree: "tree", seal: seal, summary: "s", reverts: [],
          identities: identities, mergedKeys: mergedKeys)
      },
      files: before.differences(to: after), before: before.state().state, after: loaded.state,
      problems: loaded.diagnostics, touched: touched)
    change.recent = recent
    return change
  }

  var verdict: Verdict {
    let change = change
    let span = ChangeSpan(from: base.commit, to: change.commits.last?.id ?? "")
    return change.verdict(
      Evidence(statements: statements, at: now, impacts: impact.map { [span: $0] } ?? [:]))
  }

  /// The ids of the reasons against it, `undecided`, or nothing.
  var ids: Set<String> {
    switch verdict {
    case .accepted: []
    case .refused(let reasons): Set(reasons.map { String($0.id.dropFirst("approval.".count)) })
    case .undecided: ["undecided"]
    }
  }

  /// What somebody says about the change as it is now.
  func statement(
    _ person: String, _ kind: Statement.Kind = .approve, impact: [String: Int64]? = [:], base: String? = nil,
    version: Int64? = nil, at: Instant? = nil, hours: Int64 = 24, reason: String? = "looked at it"
  ) -> Statement {
    let at = at ?? now
    return Statement(
      kind: kind, change: change.digest, base: base ?? self.base.commit, head: change.commits.last?.id ?? "",
      tree: Self.zero, policyVersion: version ?? self.base.version, impact: impact, person: person, reason: reason,
      issuedAt: at, expiresAt: kind.permits ? at + TimeSpan(milliseconds: hours * TimeSpan.hour.milliseconds) : nil,
      nonce: String(SHA256Digest(of: person + kind.rawValue + at.description).description.prefix(32)))
  }

  /// Adds what somebody says, signed with their own key or another.
  mutating func say(_ statement: Statement, key: String? = nil) {
    if let signed = statement.signed(by: Shop.key(key ?? statement.person)) { statements.append(signed) }
  }

  mutating func approve(_ people: String...) { for person in people { say(statement(person)) } }

  func with(_ alter: (inout Self) -> Void) -> Self {
    var copy = self
    alter(&copy)
    return copy
  }
}
