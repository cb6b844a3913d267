import Operations

extension Schema {
  static let driftRule: [FieldSpec] = [
    FieldSpec(
      "field", .choice(ListingField.allCases.map(\.rawValue)), required: true,
      "What others changed: units, the quantity that the channel was told, or a setting that git says too."),
    FieldSpec(
      "answer", .choice(DriftAnswer.allCases.map(\.rawValue)), required: true,
      "heal: the channel is told again. adopt: git shall say it too, by a change that a person makes. accept: it may stay "
        + "until the end of 'effective'. report: a case is opened, as without a rule."),
    FieldSpec("channels", .list(.reference(.channel)), "Whose listings; those of every channel, if left out."),
    FieldSpec("region", .reference(.region), "What is shown of it; each region, if left out."),
    FieldSpec("class", .reference(.productClass), "The product class; all items, if nothing narrows it."),
    FieldSpec("sku", .sku, "The single item."),
    FieldSpec("brand", .text, "The items whose attribute 'brand' says this."),
    FieldSpec("business_unit", .text, "The items whose attribute 'business_unit' says this."),
    FieldSpec(
      "delay", .span,
      "How late orders and observations may come, and how long a channel takes to show what it is told; 1h, if left out."
    ),
  ]
}

/// What becomes of something that others changed on a channel.
public enum DriftAnswer: String, Sendable, CaseIterable {
  case report, heal, adopt, accept
}
