import Operations

extension Schema {
  static let driftRule: [FieldSpec] = [
    FieldSpec(
      "field", .choice(ListingField.allCases.map(\.rawValue)), required: true,
      "What others changed: units (the quantity that the channel was told), or a setting that is in git."),
    FieldSpec(
      "answer", .choice(DriftAnswer.allCases.map(\.rawValue)), required: true,
      "heal: send the channel its value again. adopt: propose the same change in git, for a person to make. accept: leave it "
        + "until the end of 'effective'. report: open a case, as without a rule."),
    FieldSpec(
      "channels", .list(.reference(.channel)), "The channels whose listings it covers (default: all channels)."),
    FieldSpec("region", .reference(.region), "The region of the listing (default: every region)."),
    FieldSpec("class", .reference(.productClass), "The product class (default: all items, unless narrowed otherwise)."),
    FieldSpec("sku", .sku, "The single item."),
    FieldSpec("brand", .text, "Items with this value of the attribute 'brand'."),
    FieldSpec("business_unit", .text, "Items with this value of the attribute 'business_unit'."),
    FieldSpec(
      "delay", .span,
      "How late orders and observations may arrive, and how long a channel takes to show an update (default: 1h)."
    ),
  ]
}

/// What becomes of something that others changed on a channel.
public enum DriftAnswer: String, Sendable, CaseIterable {
  case report, heal, adopt, accept
}
