public import Diagnostics
import Operations

extension Schema {
  static let repository: [FieldSpec] = [
    FieldSpec("schema_version", .integer(1...1), required: true, "The version of these kinds: 1."),
    FieldSpec("currency", .text, required: true, "ISO 4217 code of all amounts, such as EUR."),
    FieldSpec(
      "mode", .either(Mode.allCases.map(\.rawValue), .object(modes)),
      "observe plans and reports; propose waits for people; enforce applies. Or one for each domain, such as"
        + " {publishing: propose}."),
    FieldSpec("limits", .object(limits), "How much a plan may change before it waits for someone."),
    FieldSpec(
      "held", .list(.object(held)), "Who lets through what waits: plans beyond the limits, and what is proposed."),
    FieldSpec("audit_key", .ed25519Key, "Public key of the daemon that writes the audit branch (ssh-ed25519 …)."),
    FieldSpec("forge", .object(forge), "Where people review changes: what they say there counts."),
  ]

  private static let modes = Domain.allCases.map { domain in
    FieldSpec(
      domain.rawValue, .choice(Mode.allCases.map(\.rawValue)),
      "\(domain.help) observe: report it. propose: do it when people allow it. enforce: do it.")
  }

  private static let limits: [FieldSpec] = [
    FieldSpec("per_plan", .object(measures), "What one plan may change."),
    FieldSpec("per_hour", .object(measures), "What all plans of an hour of the clock (UTC) may change together."),
    FieldSpec(
      "deletions", .rate, "The share of the resources of any kind that one change may remove; 50%, if left out."),
  ]

  private static let measures: [FieldSpec] = [
    FieldSpec("items", .quantity(minimum: 0), "Items for which something changes."),
    FieldSpec("published_units", .quantity(minimum: 0), "Units by which publications rise or fall, added up."),
    FieldSpec("orders_losing", .quantity(minimum: 0), "Orders that give up units."),
    FieldSpec("units_losing", .quantity(minimum: 0), "Units that orders give up."),
    FieldSpec("sold_out", .quantity(minimum: 0), "Publications that fall to 0."),
    FieldSpec("granted_units", .quantity(minimum: 0), "Units by which grants and shared pools rise or fall."),
    FieldSpec("claimed_units", .quantity(minimum: 0), "Units that orders are given."),
    FieldSpec("proposed_units", .quantity(minimum: 0), "Units by which proposals to buyers rise or fall."),
  ]

  private static let held: [FieldSpec] = [
    FieldSpec(
      "causes", .list(.choice(Hold.Cause.allCases.map(\.rawValue))),
      "What holds it: the limits, or the domain that is proposed; any, if left out."),
    FieldSpec(
      "at_least", .object(measures),
      "Only where one of these is reached. Such a line asks for more people, and lets nothing through by itself."),
    FieldSpec("review", .map(.integer(1...20)), required: true, "How many people of which role must approve."),
    FieldSpec("tolerance", .rate, "How far the plan may exceed what was approved; 0%, if left out."),
    FieldSpec("valid_for", .span, "How long an approval counts at most, such as 4h."),
  ]

  static let freezeWindow: [FieldSpec] = [
    FieldSpec(
      "kinds", .list(.choice(["*"] + Kind.allCases.map(\.rawValue))), required: true, "Whose changes wait."),
    FieldSpec("paths", .list(.text), "Where; everywhere, if left out."),
    FieldSpec("from", .instant, "When the freeze begins (RFC 3339), with until."),
    FieldSpec("until", .instant, "When it ends (RFC 3339); this moment is not included."),
    FieldSpec("weekly", .openDays, "Hours of the week in which changes wait, such as {fri: \"16:00-24:00\"}."),
    FieldSpec(
      "time_zone", .timeZone, "Whose clocks the hours of the week are, such as Europe/Berlin; UTC, if left out."),
    FieldSpec(
      "override", .object([FieldSpec("role", .reference(.role), required: true, "The role.")]),
      "Whose people may put a change in force all the same, with a reason."),
    FieldSpec("reason", .text, "Why; it is told to those who wait."),
  ]
}

/// The parts of what plans do that can be phased in one by one.
public enum Domain: String, Sendable, CaseIterable {
  /// Who gets which stock: grants, claims, routes, cases.
  case allocation
  /// What channels are told that they may sell.
  case publishing
  /// What is proposed to be ordered from suppliers.
  case replenishment

  var help: String {
    switch self {
    case .allocation: "Who gets which stock: grants, claims, routes, promises."
    case .publishing: "What channels are told that they may sell."
    case .replenishment: "What is proposed to be ordered from suppliers."
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
