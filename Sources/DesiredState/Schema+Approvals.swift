import Operations

extension Schema {
  static let person: [FieldSpec] = [
    FieldSpec("email", .text, required: true, "The person's email address; commits with this address are theirs."),
    FieldSpec("automation", .bool, "Whether this is a program: it cannot bring back by itself what people reverted."),
    FieldSpec("emails", .list(.text), "Other email addresses of the person in commits."),
    FieldSpec("keys", .list(.publicKey), required: true, "The person's SSH public keys (ssh-ed25519 …)."),
    FieldSpec("forges", .object(forges), "The person's accounts on forges, by account number, which never changes."),
  ]

  static let approvalRule: [FieldSpec] = [
    FieldSpec(
      "kinds", .list(.choice(["*"] + Kind.allCases.map(\.rawValue))), required: true, "The kinds that it covers."),
    FieldSpec("paths", .list(.text), "The files that it covers (default: all files)."),
    FieldSpec("fields", .list(.text), "Only changes that add, alter or remove one of these fields, such as cap."),
    FieldSpec("names", .list(.text), "Only resources with these names."),
    FieldSpec("scope", .object(scope), "Only resources and overlays for this part of the catalogue."),
    FieldSpec("direction", .choice(["raise", "lower"]), "Only if a number in these fields is raised, or lowered."),
    FieldSpec("at_least", .rate, "Only if a number changes by at least this share of its old value."),
    FieldSpec("units", .quantity(minimum: 1), "Only if a quantity changes by at least this many units."),
    FieldSpec("impact", .object(impact), "Only if the impact of the change reaches one of these."),
    FieldSpec(
      "reverts", .choice(["recorded"]),
      "Only exact reverts of one recorded change whose files have not changed since. For these, other rules do not apply."
    ),
    FieldSpec(
      "review", .either(["none"], .map(.integer(1...20))), required: true,
      "none, or how many people with which role must approve."),
    FieldSpec("tolerance", .rate, "How far the impact may exceed what was approved (default: 0%)."),
    FieldSpec("valid_for", .span, "How long an approval is valid at most, such as 7d."),
    FieldSpec("break_glass", .object(breakGlass), "Who may put a change in force without review, in an emergency."),
  ]

  private static let forges = ["github", "gitea", "gitlab"].map {
    FieldSpec($0, .integer(1...Int64.max), "The number of the person's account on \($0).")
  }

  private static let breakGlass: [FieldSpec] = [
    FieldSpec("role", .reference(.role), required: true, "The role that may do so."),
    FieldSpec("for", .span, required: true, "How long the statement is valid, such as 4h."),
  ]

  private static let impact = impactMeasures.map {
    FieldSpec($0.name, .integer(1...Limits.quantity), $0.help)
  }

  /// What the impact of a change is measured by: counts, units and minor units of money, none below 0, larger is worse.
  public static let impactMeasures: [(name: String, help: String)] = [
    ("orders_losing", "Orders that would get less."),
    ("units_losing", "Units that orders would lose."),
    ("value_losing", "The value of those units, in minor units of the currency."),
    ("channels", "Channels whose availability or allocation would change."),
    ("skus_to_zero", "Items that a channel could no longer sell."),
    ("promises_later", "Orders that would come later than promised."),
  ]
}
