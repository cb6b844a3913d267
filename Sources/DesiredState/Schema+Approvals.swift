import Operations

extension Schema {
  static let person: [FieldSpec] = [
    FieldSpec("email", .text, required: true, "Where to reach the person; commits that name it are theirs."),
    FieldSpec("automation", .bool, "Whether it is a program: what people took back, it cannot bring again by itself."),
    FieldSpec("emails", .list(.text), "Other addresses that name the person in commits."),
    FieldSpec("keys", .list(.publicKey), required: true, "SSH public keys that sign for the person (ssh-ed25519 …)."),
    FieldSpec("forges", .object(forges), "The person's accounts on forges, by their number, which never changes."),
  ]

  static let approvalRule: [FieldSpec] = [
    FieldSpec("kinds", .list(.choice(["*"] + Kind.allCases.map(\.rawValue))), required: true, "What it is about."),
    FieldSpec("paths", .list(.text), "Where; everywhere, if left out."),
    FieldSpec("fields", .list(.text), "Only changes that add, alter or remove one of these fields, such as cap."),
    FieldSpec("names", .list(.text), "Only resources of these names."),
    FieldSpec("scope", .object(scope), "Only resources and overlays that speak of this part of the catalogue."),
    FieldSpec("direction", .choice(["raise", "lower"]), "Only where a number in the fields rises, or falls."),
    FieldSpec("at_least", .rate, "Only where a number changes by this share of what it was, or by more."),
    FieldSpec("units", .quantity(minimum: 1), "Only where a quantity changes by so many units, or by more."),
    FieldSpec("impact", .object(impact), "Only where the change would do at least so much; one figure is enough."),
    FieldSpec(
      "reverts", .choice(["recorded"]),
      "Only reverts that take back one change, whole and alone, whose files stand as it left them; for those, other rules do not count."
    ),
    FieldSpec(
      "review", .either(["none"], .map(.integer(1...20))), required: true,
      "none, or how many people of which role must approve."),
    FieldSpec("tolerance", .rate, "How far the impact may exceed what was approved; 0%, if left out."),
    FieldSpec("valid_for", .span, "How long an approval counts at most, such as 7d."),
    FieldSpec("break_glass", .object(breakGlass), "Who may let a change through without the review, in an emergency."),
  ]

  private static let forges = ["github", "gitea", "gitlab"].map {
    FieldSpec($0, .integer(1...Int64.max), "The number of the account on \($0).")
  }

  private static let breakGlass: [FieldSpec] = [
    FieldSpec("role", .reference(.role), required: true, "The role that may."),
    FieldSpec("for", .span, required: true, "How long what it says counts, such as 4h."),
  ]

  private static let impact = impactMeasures.map {
    FieldSpec($0.name, .integer(1...Limits.quantity), $0.help)
  }

  /// What the impact of a change is measured by: counts, units and minor units of money, none below 0, larger is worse.
  public static let impactMeasures: [(name: String, help: String)] = [
    ("orders_losing", "Orders that would get less."),
    ("units_losing", "Units that orders would lose."),
    ("value_losing", "What those units are worth, in minor units of the currency."),
    ("channels", "Channels whose availability or allocation would change."),
    ("skus_to_zero", "Items that a channel could no longer sell."),
    ("promises_later", "Orders that would come later than promised."),
  ]
}
