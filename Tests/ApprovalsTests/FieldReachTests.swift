import Approvals
import DesiredState
import DesiredStateFiles
import Diagnostics
import Operations
import TestSupport
import Testing

/// What changes of windows and of fields that say for what the others hold look like to rules about those others.
@Suite struct FieldReachTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var rule: String
    var before: String
    var after: String
    var asks: Bool
    var testDescription: String { "\(rule.replacing("\n", with: ", ")): \(before) → \(after)" }
  }

  static let file = "state/things.yaml"

  private static func row(_ rule: String, _ before: String, _ after: String, asks: Bool = true) -> Row {
    Row(rule: rule, before: before, after: after, asks: asks)
  }

  static let overlay = "kind: Channel\nname: web\nscope: {class: launch}\ncap: {units: 5, window: 7d}\n"
  static let later = "effective: {from: 2030-01-01T00:00:00Z}\n"
  static let ended = "effective: {until: 2020-01-01T00:00:00Z}\n"
  static let protection = "kind: Protection\nname: p\nchannel: web\nunits: 5\n"
  static let fallback = "kind: FallbackRule\nname: f\nwhen: node_outage\nthen: haircut\nfactor: 50%\n"
  static let backorders = "kind: BackorderRule\nname: b\nmax_units: 9\n"
  static let caps = "kinds: [Channel]\nfields: [cap]"

  static let rows: [Row] = [
    // A window takes every field with it, and the numbers in them come or go.
    row(caps, overlay, overlay + later), row(caps, overlay + later, overlay), row(caps, overlay, overlay + ended),
    row(caps, overlay + later, overlay + "effective: {from: 2030-01-01T00:00:01Z}\n"),
    row(caps + "\ndirection: lower\nat_least: 90%", overlay, overlay + later),
    row(caps + "\ndirection: raise\nunits: 900", overlay, overlay + later),
    row("kinds: [Channel]\nfields: [exposure]", overlay, overlay + later, asks: false),
    row("kinds: [Channel]\nfields: [effective]", overlay, overlay + later),
    // Outside of the window of what it narrows an overlay is nothing.
    row(
      caps, Shop.channel("spot", "") + "---\n" + overlay.replacing("web", with: "spot"),
      Shop.channel("spot", later) + "---\n" + overlay.replacing("web", with: "spot")),
    // So does what the rest of the resource holds for.
    row(
      caps, overlay.replacing("launch}", with: "launch, region: north}"),
      overlay.replacing("launch}", with: "launch, region: south}")),
    row(caps, overlay, overlay.replacing("class: launch", with: "sku: MUG")),
    row("kinds: [Protection]\nfields: [units]", protection, protection.replacing("web", with: "shop")),
    row("kinds: [Protection]\nfields: [units]", protection, protection + "class: launch\n"),
    row("kinds: [Protection]\nfields: [units]\ndirection: lower", protection + "sku: A\n", protection + "sku: B\n"),
    row("kinds: [Protection]\nfields: [units]", protection, protection + "region: north\n"),
    row(
      "kinds: [FallbackRule]\nfields: [factor]\ndirection: lower", fallback + "active: false\n",
      fallback + "active: true\n"),
    row("kinds: [FallbackRule]\nfields: [factor]", fallback, fallback + "node: dc\n"),
    row("kinds: [BackorderRule]\nfields: [max_units]", backorders + "accept: true\n", backorders + "accept: false\n"),
    row(
      "kinds: [BackorderRule]\nfields: [max_units]", backorders + "channels: [web]\n",
      backorders + "channels: [web, shop]\n"),
    row(
      "kinds: [Node]\nfields: [minimum_stock]", World.node("dc") + "minimum_stock: 4\n",
      World.node("dc") + "minimum_stock: 4\nstatus: closed\n"),
    row(
      "kinds: [Node]\nfields: [rank]", World.node("dc") + "rank: 4\n", World.node("dc") + "rank: 4\nminimum_stock: 9\n",
      asks: false),
    // A class moves items from one overlay to another, and a region what it serves.
    row(
      caps, overlay + "---\nkind: ProductClass\nname: old\npriority: 9\n",
      overlay + "---\nkind: ProductClass\nname: old\npriority: 0\n"),
    row(
      caps, overlay + "---\nkind: ProductClass\nname: old\npriority: 9\n",
      overlay + "---\nkind: ProductClass\nname: old\npriority: 9\nmatch: {season: new}\n", asks: false),
    row(caps, overlay, overlay + "---\nkind: ProductClass\nname: new\npriority: 1\nmatch: {season: new}\n"),
    row(
      "kinds: [Channel]\nfields: [share]",
      Shop.channel("spot", "share: {weight: 3}\n").replacing("growth", with: "t")
        + "---\nkind: AllocationTier\nname: t\nrank: 2\nrule: strict\n",
      Shop.channel("spot", "share: {weight: 3}\n").replacing("growth", with: "t")
        + "---\nkind: AllocationTier\nname: t\nrank: 2\nrule: fair_share\n"),
  ]

  @Test(arguments: rows) func aRuleOfWhatItReachesAsks(_ row: Row) {
    var change = ReviewedChange(
      Shop.rule("narrow", row.rule + "\nreview: {finance: 1}"), Shop.rule("rest", "kinds: [\"*\"]\nreview: none"))
    change.before[Self.file] = row.before
    change.after = change.before.with(Self.file, row.after)
    let problems = change.change.problems.map(\.id).filter { !$0.hasPrefix("state.no_effect") }
    // What the rows leave out (nodes, regions) is an error of its own; the rules are judged all the same.
    let judged = change.verdict(ignoring: problems)
    #expect(judged == (row.asks ? ["approval.review_needed"] : []))
  }

  /// A rule that lets through some fields lets through nothing that reaches further.
  @Test func whatReachesFurtherNeedsMoreRules() {
    func ids(_ fields: String, _ after: String) -> [String] {
      var change = ReviewedChange(Shop.rule("narrow", "kinds: [Channel]\n\(fields)\nreview: none"))
      change.before[Self.file] = Self.overlay
      change.after = change.before.with(Self.file, after)
      return change.verdict(ignoring: [])
    }
    #expect(ids("fields: [effective]", Self.overlay + Self.later) == ["approval.no_rule"])
    #expect(ids("fields: [cap]", Self.overlay + Self.later) == ["approval.no_rule"])
    #expect(ids("fields: [cap, effective]", Self.overlay + Self.later) == [])
    #expect(ids("names: [web]", Self.overlay + Self.later) == [])
  }

  /// What happens to resources that stay as they are needs no rule to let it through.
  @Test func whatHappensElsewhereNeedsNoRuleOfItsOwn() {
    var change = ReviewedChange(Shop.rule("classes", "kinds: [ProductClass]\nreview: none"))
    change.before[Self.file] = Self.overlay
    let tiers = change.before["state/tiers.yaml"] ?? ""
    change.after = change.before.with("state/tiers.yaml", tiers.replacing("season: new", with: "season: old"))
    #expect(change.ids == [])
  }

  /// A comment in a file in which something happens from elsewhere is still a change that a rule must let through.
  @Test func aRemarkBesideWhatHappensElsewhereNeedsARule() {
    var change = ReviewedChange(Shop.rule("classes", "kinds: [ProductClass]\nreview: none"))
    change.before[Self.file] = Self.overlay
    let tiers = change.before["state/tiers.yaml"] ?? ""
    change.after = change.before.with("state/tiers.yaml", tiers.replacing("season: new", with: "season: old"))
      .with(Self.file, "# a remark\n" + Self.overlay)
    #expect(change.ids == ["no_rule"])
  }

  /// Every field of the schema says its own number or word, or what it reaches is written down.
  @Test func everyReachNamesFieldsOfItsKind() {
    for kind in Kind.allCases {
      let names = Set(Schema.fields(of: kind).map(\.name))
      let reaching = names.filter { Schema.reach(of: $0, in: kind) != nil }
      for name in reaching {
        guard case .fields(let others)? = Schema.reach(of: name, in: kind) else { continue }
        #expect(others.isSubset(of: names), "\(kind) \(name)")
      }
      // What narrows a resource to a part of the catalogue, to a place or to a channel reaches all of it.
      let narrowing = ["channel", "channels", "class", "sku", "brand", "business_unit", "active", "status", "accept"]
      for name in narrowing where names.contains(name) && names.count > 1 && kind != .carrier {
        #expect(Schema.reach(of: name, in: kind) == .all, "\(kind) \(name)")
      }
    }
    #expect(Schema.reach(of: "region", in: .node) == nil)
  }

  /// Promise: whatever the rules, a change that also moves a window is never easier than the same change without.
  @Test(arguments: 0..<200 as Range<UInt64>) func aWindowMakesNoChangeEasier(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
    func cap() -> String {
      pick([
        "cap: {units: 9, window: 7d}\n", "cap: {units: 8, window: 9d}\n",
        "cap: {percent_of_available: 9%, window: 7d}\n",
      ])
    }
    func overlay() -> String {
      "kind: Channel\nname: web\nscope: {\(pick(["class: launch", "sku: MUG"]))}\n" + cap()
        + pick(["", "exposure: 50%\n", "exposure: 60%\n", "may_use_shared: false\n"])
    }
    let rules = (0...Int.random(in: 1...4, using: &random)).map { index in
      let lines = [
        "kinds: [\(pick(["Channel", "Channel, Node", "\"*\""]))]",
        pick(["", "fields: [cap]", "fields: [exposure]", "fields: [effective]", "fields: [cap, effective]"]),
        pick(["", "direction: lower", "direction: raise"]), pick(["", "at_least: 20%", "units: 1"]),
        pick(["", "scope: {class: launch}", "scope: {sku: MUG}"]),
        "review: \(pick(["none", "{finance: 1}", "{ops-lead: 1}", "{ops-lead: 2, finance: 1}"]))",
      ]
      return Shop.rule("r\(index)", lines.filter { !$0.isEmpty }.joined(separator: "\n"))
    }
    var change = ReviewedChange(World.join(rules))
    change.impact = nil
    let window = pick([Self.later, Self.ended, "effective: {until: 2030-01-01T00:00:00Z}\n"])
    let stands = pick(["", Self.later])
    change.before[Self.file] = overlay() + stands
    let after = pick([overlay(), change.before[Self.file] ?? ""].map { $0.replacing(stands, with: "") })
    func standing(_ window: String, _ people: [String]) -> Set<String> {
      change.with {
        $0.after = $0.before.with(Self.file, after + window)
        for person in people { $0.say($0.statement(person)) }
      }.ids
    }
    for people in [[], ["fred"], ["olga"], ["olga", "fred"], ["olga", "otto", "fred"]] {
      let (without, with) = (standing(stands, people), standing(window, people))
      #expect(without.isEmpty || !with.isEmpty, "seed \(seed): \(people) \(without) \(with)")
    }
  }

  // MARK: Numbers

  static let numbers: [Row] = [
    row("fields: [cap]\ndirection: lower", "cap: {units: 500, window: 7d}", "cap: {units: 500, window: 350d}"),
    row("fields: [cap]\ndirection: raise", "cap: {units: 500, window: 7d}", "cap: {units: 500, window: 350d}"),
    row(
      "fields: [cap]\ndirection: raise", "cap: {units: 500, window: 7d}", "cap: {units: 400, window: 7d}", asks: false),
    row(
      "fields: [cap]\nunits: 5", "cap: {percent_of_available: 30%, window: 7d}",
      "cap: {percent_of_available: 0%, window: 7d}"),
    row(
      "fields: [cap]\nunits: 5\ndirection: raise", "cap: {percent_of_available: 30%, window: 7d}",
      "cap: {percent_of_available: 0%, window: 7d}", asks: false),
    row("fields: [exposure]\nunits: 5", "exposure: 90%", "exposure: 1%"),
    row("fields: [hold_ttl]\nunits: 5", "hold_ttl: 2h", "hold_ttl: 1h"),
    row("fields: [hold_ttl]\ndirection: lower", "hold_ttl: 2h", "hold_ttl: 1h"),
    row("fields: [hold_ttl]\ndirection: raise", "hold_ttl: 2h", "hold_ttl: 1h", asks: false),
    row("fields: [share]\nunits: 50", "share: {weight: 2}", "share: {weight: 1}"),
    row("fields: [share]\nunits: 50", "share: {min_units: 2}", "share: {min_units: 1}", asks: false),
    row("fields: [min_publish]\nunits: 5", "min_publish: 4", "min_publish: 1", asks: false),
    row("fields: [buffer]\nunits: 50", "buffer: {mode: fixed, units: 5}", "buffer: {mode: latency_poisson, units: 5}"),
    row(
      "fields: [backorder]\ndirection: raise", "backorder: {accept: true, max_units: 5}",
      "backorder: {accept: false, max_units: 5}"),
    row(
      "fields: [buffer]\ndirection: raise", "buffer: {mode: latency_poisson, risk: 2%, latency: 1h}",
      "buffer: {mode: latency_poisson, risk: 1%, latency: 1h}"),
    row("direction: lower", "may_use_shared: true", "may_use_shared: false", asks: false),
  ]

  @Test(arguments: numbers) func whatAFieldsNumbersDo(_ row: Row) {
    for asks in [true, false] {
      var change = ReviewedChange(
        Shop.rule("narrow", "kinds: [Channel]\n\(row.rule)\nreview: \(asks ? "{finance: 1}" : "none")"),
        asks ? Shop.rule("rest", "kinds: [\"*\"]\nreview: none") : Shop.rule("people", "kinds: [Person]\nreview: none"))
      change.before[Self.file] = Shop.channel("spot", row.before + "\n")
      change.after = change.before.with(Self.file, Shop.channel("spot", row.after + "\n"))
      let judged = change.verdict(ignoring: change.change.problems.map(\.id))
      // What it is not sure of, a rule without a review does not let through.
      if asks { #expect(judged == (row.asks ? ["approval.review_needed"] : [])) }
      if !asks, !row.asks { #expect(judged == ["approval.no_rule"]) }
    }
  }

  /// `direction: raise, review: none` lets no cut through.
  @Test func aRuleForRaisesLetsNoCutThrough() {
    var change = ReviewedChange(Shop.rule("raises", "kinds: [Channel]\ndirection: raise\nreview: none"))
    change.after = change.before.with(
      Shop.web, Shop.channel("web", "cap: {units: 100, window: 350d}\nexposure: 90%\n"))
    #expect(change.ids == ["no_rule"])
  }
}

extension ReviewedChange {
  /// The ids of the reasons against it beside what is wrong with the files themselves.
  fileprivate func verdict(ignoring problems: [String]) -> [String] {
    var change = change
    change.problems.removeAll { problems.contains($0.id) }
    let span = ChangeSpan(from: base.commit, to: change.commits.last?.id ?? "")
    return change.verdict(Evidence(at: now, impacts: [span: [:]])).ids
  }
}
