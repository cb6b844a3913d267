import DesiredState
import DesiredStateFiles
import Diagnostics
import Testing

/// Fields of which one is a floor and the other a ceiling, or of which only one may stand: each pair once, wrong and right.
@Suite struct BoundTests {
  private static func diagnostics(_ text: String) -> [Diagnostic] { LoadedState(inCompany: text).diagnostics }

  private static func channel(_ fields: String, _ more: String = "") -> String {
    "kind: Channel\nname: web\ntype: dtc\ntier: t\n\(fields)\n\(more)"
  }

  private static func overlay(_ fields: String, _ more: String = "scope: {class: c}") -> String {
    "---\nkind: Channel\nname: web\n\(more)\n\(fields)\n"
  }

  private static func supplier(_ fields: String) -> String {
    "kind: Supplier\nname: s\nlead_time: 7d\nconfidence: 80%\n\(fields)\n"
  }

  private static func policy(_ fields: String) -> String {
    "kind: ReplenishmentPolicy\nname: r\nsupplier: mill\nnode: dc\n\(fields)\n"
  }

  private static func fallback(_ fields: String) -> String { "kind: FallbackRule\nname: f\n\(fields)\n" }

  private static let zones = "ddmrp: {lead_time_factor: 50%, variability_factor: 40%}"
  private static let march = "effective: {from: 2027-03-01T00:00:00Z, until: 2027-04-01T00:00:00Z}"

  /// What is wrong, what of it would be right, and the problem.
  @Test(arguments: [
    (channel("min_publish: 6\nmax_publish: 5"), channel("min_publish: 5\nmax_publish: 5"), "cannot_be_met"),
    (channel("min_publish: 1\nmax_publish: 0"), channel("max_publish: 0"), "cannot_be_met"),
    (
      channel("share: {min_units: 6, max_units: 5}"), channel("share: {min_units: 5, max_units: 5}"), "cannot_be_met"
    ),
    (
      channel("share: {min_units: 6}\ncap: {units: 5, window: 1d}"),
      channel("share: {min_units: 5}\ncap: {units: 5, window: 1d}"), "cannot_be_met"
    ),
    (
      channel("max_publish: 5\nbuffer: {mode: fixed, units: 5}"),
      channel("max_publish: 5\nbuffer: {mode: fixed, units: 4}"),
      "cannot_be_met"
    ),
    (
      channel("min_publish: 3\nmax_publish: 5\nbuffer: {mode: fixed, units: 3}"),
      channel("min_publish: 3\nmax_publish: 5\nbuffer: {mode: fixed, units: 2}"), "cannot_be_met"
    ),
    (
      channel("min_publish: 6", overlay("max_publish: 5")), channel("min_publish: 5", overlay("max_publish: 5")),
      "cannot_be_met"
    ),
    (
      channel("max_publish: 5", overlay("min_publish: 6", "scope: {sku: A}")),
      channel("max_publish: 5", overlay("min_publish: 6\nmax_publish: 7", "scope: {sku: A}")), "cannot_be_met"
    ),
    (
      channel("max_publish: 5", overlay("min_publish: 6\ntype: dtc\ntier: t", march)),
      channel(
        "max_publish: 5\neffective: {until: 2027-03-01T00:00:00Z}", overlay("min_publish: 6\ntype: dtc\ntier: t", march)
      ),
      "cannot_be_met"
    ),
    (
      channel("max_publish: 5", overlay("buffer: {mode: fixed, units: 9}")),
      channel(
        "max_publish: 5\nmay_use_shared: false",
        overlay("buffer: {mode: fixed, units: 9}") + "---\nkind: Protection\nname: p\nchannel: web\nunits: 4\n"),
      "cannot_be_met"
    ),
    (
      channel("buffer: {mode: fixed, units: 2, risk: 1%}"), channel("buffer: {mode: fixed, units: 2}"), "says_nothing"
    ),
    (
      channel("buffer: {mode: latency_poisson, risk: 1%, latency: 1h, units: 2}"),
      channel("buffer: {mode: latency_poisson, risk: 1%, latency: 1h}"), "says_nothing"
    ),
    (
      channel("cap: {units: 1, percent_of_available: 5%, window: 1d}"), channel("cap: {units: 1, window: 1d}"), "one_of"
    ),
    (channel("hold_ttl: 0m"), channel("hold_ttl: 1m"), "wrong_type"),
    (channel("cap: {units: 1, window: 0d}"), channel("cap: {units: 1, window: 1s}"), "wrong_type"),
    (channel("share: {weight: 0}"), channel("share: {weight: 1}"), "out_of_range"),
    (supplier("announced_confidence: 79%"), supplier("announced_confidence: 80%"), "cannot_be_met"),
    (
      supplier("delay_margin: {high: 60, medium: 50}"), supplier("delay_margin: {high: 50, medium: 50}"),
      "cannot_be_met"
    ),
    (
      supplier("delay_margin: {high: 60, untrusted: 50}"), supplier("delay_margin: {high: 60, low: 70}"),
      "cannot_be_met"
    ),
    (supplier("learning: {tolerance: 5%}"), supplier("learning: {measure: in_full, tolerance: 5%}"), "says_nothing"),
    (
      fallback("when: stale_feed\nmax_age: 9h\nthen: last_known\nage_limit: 9h"),
      fallback("when: stale_feed\nmax_age: 9h\nthen: last_known\nage_limit: 10h"), "never_holds"
    ),
    (
      fallback("when: stale_feed\nmax_age: 9h\nthen: zero\nnode: dc\nnode_type: dc"),
      fallback("when: stale_feed\nmax_age: 9h\nthen: zero\nnode: dc"), "one_of"
    ),
    (policy("service: {cycle: 95%}\n\(zones)"), policy(zones), "one_of"),
    (policy("service: {cycle: 95%, fill: 98%}"), policy("service: {fill: 98%}"), "one_of"),
    (
      policy("service: {cycle: 95%}\norder_up_to: {days: 7d, units: 5}"),
      policy("service: {cycle: 95%}\norder_up_to: {units: 5}"), "one_of"
    ),
    (policy("\(zones)\norder_up_to: {units: 5}"), policy(zones), "says_nothing"),
    (policy("\(zones)\nmay_undercut_mean: true"), policy(zones), "says_nothing"),
    (
      policy("service: {cycle: 95%}\nperiod: 7d"), policy("service: {cycle: 95%}\nreview: periodic\nperiod: 7d"),
      "period_without_review"
    ),
    (
      "kind: FreezeWindow\nname: z\nkinds: [Channel]\nfrom: 2027-03-02T00:00:00Z\nuntil: 2027-03-01T00:00:00Z\n",
      "kind: FreezeWindow\nname: z\nkinds: [Channel]\nfrom: 2027-03-01T00:00:00Z\nuntil: 2027-03-02T00:00:00Z\n",
      "window_ends_before_start"
    ),
    (
      "kind: SafetyStock\nname: s\nunits: 1\neffective: {from: 2027-03-01T00:00:00Z, until: 2027-03-01T00:00:00Z}\n",
      "kind: SafetyStock\nname: s\nunits: 1\n\(march)\n", "window_ends_before_start"
    ),
    (
      "kind: SafetyStock\nname: s\nunits: 1\nsku: A\nclass: c\n", "kind: SafetyStock\nname: s\nunits: 1\nsku: A\n",
      "one_of"
    ),
  ])
  func aPairIsHeldToItsOrder(wrong: String, right: String, id: String) {
    let problems = Self.diagnostics(wrong)
    #expect(Set(problems.map(\.id)) == ["state.\(id)"], "\(problems)")
    #expect(problems.allSatisfy { $0.severity == .error && $0.hint != nil || id == "out_of_range" })
    #expect(Self.diagnostics(right).isEmpty, "\(Self.diagnostics(right))")
  }

  private static func protection(_ name: String, _ channel: String, _ fields: String) -> String {
    "---\nkind: Protection\nname: \(name)\nchannel: \(channel)\n\(fields)\n"
  }

  @Test(arguments: [("2028-03-01T00:00:00Z", true), ("2028-03-02T00:00:00Z", false)])
  func aShareOfInboundHasALongestWindow(until: String, isRight: Bool) {
    let window = "effective: {from: 2027-03-01T00:00:00Z, until: \(until)}"
    let problems = Self.diagnostics(Self.channel("", Self.protection("p", "web", "percent_of_inbound: 5%\n\(window)")))
    #expect(problems.map(\.id) == (isRight ? [] : ["state.window_too_long"]))
  }

  private static let two = channel("", "---\nkind: Channel\nname: shop\ntype: store\ntier: u\n")

  /// What is allowed and seldom meant.
  @Test(arguments: [
    (
      two + protection("p", "web", "percent_of_on_hand: 60%") + protection("q", "shop", "percent_of_on_hand: 40.01%"),
      two + protection("p", "web", "percent_of_on_hand: 60%") + protection("q", "shop", "percent_of_on_hand: 40%"),
      "over_100_percent"
    ),
    // One that holds for a time takes the place of the channel's other, and windows that do not meet add nothing up.
    (
      two + protection("p", "web", "percent_of_on_hand: 60%") + protection("q", "shop", "percent_of_on_hand: 10%")
        + protection("r", "shop", "percent_of_on_hand: 50%\n\(march)"),
      two + protection("p", "web", "percent_of_on_hand: 60%\neffective: {until: 2027-03-01T00:00:00Z}")
        + protection("q", "shop", "percent_of_on_hand: 50%\n\(march)"), "over_100_percent"
    ),
    (
      two + protection("p", "web", "percent_of_inbound: 60%\n\(march)")
        + protection("q", "shop", "percent_of_inbound: 60%\n\(march)"),
      two + protection("p", "web", "percent_of_inbound: 60%\n\(march)")
        + protection("q", "shop", "percent_of_inbound: 60%\nclass: c\n\(march)"), "over_100_percent"
    ),
    (
      channel("reserve_at: payment_captured\nhold_ttl: 1h"), channel("reserve_at: order\nhold_ttl: 1h"), "no_effect"
    ),
  ]) func whatIsAllowedIsWarnedOf(doubtful: String, right: String, id: String) {
    let warnings = Self.diagnostics(doubtful)
    #expect(warnings.map(\.id) == ["state.\(id)"] && warnings.allSatisfy { $0.severity == .warning }, "\(warnings)")
    #expect(Self.diagnostics(right).isEmpty, "\(Self.diagnostics(right))")
  }

  @Test(arguments: [(100, 50, 1), (50, 50, 0), (50, 100, 0)]) func aPlanMayChangeNoMoreThanAnHour(
    plan: Int, hour: Int, count: Int
  ) {
    let limits = "limits: {per_plan: {sold_out: \(plan), items: 9}, per_hour: {sold_out: \(hour)}}\n"
    let text = "kind: Repository\nname: shop\nschema_version: 1\ncurrency: EUR\n" + limits
    let problems = LoadedState(text: text).diagnostics
    #expect(problems.map(\.id) == Array(repeating: "state.no_effect", count: count))
    #expect(problems.allSatisfy { $0.severity == .warning && $0.location?.column == 31 })
  }

  @Test func bothFieldsAreNamedWithTheirPlaces() throws {
    let problem = try #require(Self.diagnostics(Self.channel("max_publish: 5", Self.overlay("min_publish: 6"))).first)
    #expect(problem.message == "Channel/web: 'min_publish' (6) is above 'max_publish' (5)")
    #expect(problem.location?.line == 10 && problem.notes.first?.location.line == 5)
  }
}
