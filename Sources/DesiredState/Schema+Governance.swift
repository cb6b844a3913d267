public import Diagnostics
import Operations

extension Schema {
  static let repository: [FieldSpec] = [
    FieldSpec("schema_version", .integer(1...1), required: true, "The version of the schema: 1."),
    FieldSpec("currency", .text, required: true, "The currency of all amounts as an ISO 4217 code, such as EUR."),
    FieldSpec(
      "mode", .either(Mode.allCases.map(\.rawValue), .object(modes)),
      "observe: plan and report. propose: wait for approval. enforce: apply. Or one per domain, such as"
        + " {publishing: propose}."),
    FieldSpec("limits", .object(limits), "How much a plan may change before it needs approval."),
    FieldSpec(
      "held", .list(.object(held)),
      "Who approves held plans: those beyond the limits, and those of domains in mode propose."),
    FieldSpec("audit_key", .ed25519Key, "The public key of the daemon, which signs the audit branch (ssh-ed25519 …)."),
    FieldSpec("forge", .object(forge), "Where people review changes; their reviews there count."),
  ]

  private static let modes = Domain.allCases.map { domain in
    FieldSpec(
      domain.rawValue, .choice(Mode.allCases.map(\.rawValue)),
      "\(domain.help) observe: report it. propose: do it after approval. enforce: do it.")
  }

  private static let limits: [FieldSpec] = [
    FieldSpec("per_plan", .object(measures), "How much one plan may change."),
    FieldSpec("per_hour", .object(measures), "How much all plans of a clock hour (UTC) may change together."),
    FieldSpec(
      "deletions", .rate, "The share of the resources of a kind that one change may remove (default: 50%)."),
  ]

  private static let measures: [FieldSpec] = [
    FieldSpec("items", .quantity(minimum: 0), "Items that change."),
    FieldSpec("published_units", .quantity(minimum: 0), "The sum of all increases and decreases of published units."),
    FieldSpec("orders_losing", .quantity(minimum: 0), "Orders that lose units."),
    FieldSpec("units_losing", .quantity(minimum: 0), "Units that orders lose."),
    FieldSpec("sold_out", .quantity(minimum: 0), "Publications that fall to 0."),
    FieldSpec(
      "granted_units", .quantity(minimum: 0), "The sum of all increases and decreases of grants and shared pools."),
    FieldSpec("claimed_units", .quantity(minimum: 0), "Units that orders get."),
    FieldSpec(
      "proposed_units", .quantity(minimum: 0), "The sum of all increases and decreases of proposals to buyers."),
  ]

  private static let held: [FieldSpec] = [
    FieldSpec(
      "causes", .list(.choice(Hold.Cause.allCases.map(\.rawValue))),
      "Why plans are held: the limits, or a domain in mode propose (default: any reason)."),
    FieldSpec(
      "at_least", .object(measures),
      "Only if one of these is reached. Such a line requires additional approvals, and is never sufficient by itself."),
    FieldSpec("review", .map(.integer(1...20)), required: true, "How many people with which role must approve."),
    FieldSpec("tolerance", .rate, "How far the plan may exceed what was approved (default: 0%)."),
    FieldSpec("valid_for", .span, "How long an approval is valid at most, such as 4h."),
  ]

  static let freezeWindow: [FieldSpec] = [
    FieldSpec(
      "kinds", .list(.choice(["*"] + Kind.allCases.map(\.rawValue))), required: true, "The kinds whose changes wait."),
    FieldSpec("paths", .list(.text), "The files whose changes wait (default: all files)."),
    FieldSpec("from", .instant, "When the freeze starts (RFC 3339); needs until."),
    FieldSpec("until", .instant, "When it ends (RFC 3339, exclusive)."),
    FieldSpec("weekly", .openDays, "Hours of the week in which changes wait, such as {fri: \"16:00-24:00\"}."),
    FieldSpec(
      "time_zone", .timeZone, "The time zone of the weekly hours, such as Europe/Berlin (default: UTC)."),
    FieldSpec(
      "override", .object([FieldSpec("role", .reference(.role), required: true, "The role.")]),
      "The role whose members may override the freeze, with a reason."),
    FieldSpec("reason", .text, "The reason, which is shown to people whose changes wait."),
  ]
}

/// The parts of what plans do that can be phased in one by one.
public enum Domain: String, Sendable, CaseIterable {
  /// Who gets which stock: grants, claims, routes, cases.
  case allocation
  /// What channels are told they can sell.
  case publishing
  /// What buyers are asked to order from suppliers.
  case replenishment

  var help: String {
    switch self {
    case .allocation: "Who gets which stock: grants, claims, routes, promises."
    case .publishing: "What channels are told they can sell."
    case .replenishment: "What buyers are asked to order from suppliers."
    }
  }
}

/// What is done with the plans of a domain.
public enum Mode: String, Sendable, CaseIterable {
  /// They are worked out and reported.
  case observe
  /// They are applied once people have approved them.
  case propose
  /// They are applied.
  case enforce
}

extension DesiredState {
  /// The one Repository resource; nil in a state that has none, which validation refuses.
  public var repository: Resource? {
    names(of: .repository).first.flatMap { resources[.init(.repository, $0)]?.first }
  }

  /// What is done with the plans of a domain: what the Repository says, else to enforce them.
  public func mode(of domain: Domain) -> Mode {
    let mode = repository?.fields["mode"]
    return (mode?.text ?? mode?.members?[domain.rawValue]?.text).flatMap(Mode.init(rawValue:)) ?? .enforce
  }

  /// Where the Repository says what is done with the plans of a domain; nil where it does not.
  public func modeLocation(of domain: Domain) -> SourceLocation? {
    let mode = repository?.fields["mode"]
    return (mode?.members?[domain.rawValue] ?? mode)?.location
  }
}
