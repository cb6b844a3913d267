import Diagnostics
import Operations

/// Fields of which one is a floor and the other a ceiling: with the floor above, nothing can be right for both.
extension DesiredState {
  /// Fields by kind, members of an object behind a dot.
  private static let bounds: [Kind: [(floor: String, ceiling: String)]] = [
    .channel: [
      ("min_publish", "max_publish"), ("share.min_units", "share.max_units"), ("share.min_units", "cap.units"),
    ],
    .supplier: [
      // What is under way is more certain than what is only ordered.
      ("confidence", "announced_confidence"),
      // Whoever is trusted less is given no less time.
      ("delay_margin.high", "delay_margin.medium"), ("delay_margin.high", "delay_margin.low"),
      ("delay_margin.high", "delay_margin.untrusted"), ("delay_margin.medium", "delay_margin.low"),
      ("delay_margin.medium", "delay_margin.untrusted"), ("delay_margin.low", "delay_margin.untrusted"),
    ],
  ]

  /// Floors above ceilings within one resource.
  func boundProblems(_ resource: Resource) -> [Diagnostic] {
    boundProblems(resource, on: nil) + (resource.key.kind == .channel ? publishingProblems(resource, on: nil) : [])
  }

  /// What may be published, where an overlay gives the floor and what it narrows the ceiling, or the other way round. A cap
  /// of an overlay may well be below the channel's share: it is meant to be narrower.
  func overlaidBoundProblems() -> [Diagnostic] {
    names(of: .channel).flatMap { name -> [Diagnostic] in
      let variants = resources[.init(.channel, name)] ?? []
      guard variants.count > 1 else { return [] }
      return variants.flatMap { overlay -> [Diagnostic] in
        let bases = variants.filter { base in
          base.isBase && base.location != overlay.location && base.specificity < overlay.specificity
            && base.effective.overlaps(overlay.effective)
        }
        return bases.flatMap { boundProblems(overlay, on: $0) + publishingProblems(overlay, on: $0) }
      }
    }
  }

  /// - Parameter base: what a channel's overlay narrows; only what they say together is looked at then.
  private func boundProblems(_ resource: Resource, on base: Resource?) -> [Diagnostic] {
    let layers = Layers(resource, base)
    return (Self.bounds[resource.key.kind] ?? []).compactMap { names in
      guard base == nil || names.ceiling == "max_publish" else { return nil }
      guard let floor = layers[names.floor], let ceiling = layers[names.ceiling], layers.mixes(floor, ceiling),
        let least = floor.field.amount, let most = ceiling.field.amount, least > most
      else { return nil }
      return outOfReach(
        resource, "'\(names.floor)' (\(floor.field)) is above '\(names.ceiling)' (\(ceiling.field))", at: floor.field,
        ceiling.field, "lower it to at most \(ceiling.field), or raise the other")
    }
  }

  /// A fixed buffer comes off what may be published at most.
  private func publishingProblems(_ channel: Resource, on base: Resource?) -> [Diagnostic] {
    let layers = Layers(channel, base)
    guard let ceiling = layers["max_publish"], let most = ceiling.field.amount, most > 0,
      let buffer = layers["buffer.units"], let held = buffer.field.amount,
      layers["may_use_shared"]?.field.bool ?? true
    else { return [] }
    guard held < most else {
      guard layers.mixes(ceiling, buffer) else { return [] }
      return [
        outOfReach(
          channel, "a buffer of \(held) leaves nothing of 'max_publish' (\(most))", at: buffer.field, ceiling.field,
          "lower the one, raise the other, or write 'max_publish: 0'")
      ]
    }
    guard let floor = layers["min_publish"], let least = floor.field.amount, least <= most, least > most - held,
      layers.mixes(ceiling, buffer) || layers.mixes(floor, ceiling)
    else { return [] }
    return [
      outOfReach(
        channel, "'min_publish' (\(least)) is above what a buffer of \(held) leaves of 'max_publish' (\(most))",
        at: floor.field, ceiling.field, "lower it to at most \(most - held)")
    ]
  }

  /// What came in is remembered for a time only.
  func inboundWindowProblems(_ protection: Resource) -> [Diagnostic] {
    guard let share = protection.fields["percent_of_inbound"], let from = protection.effective.from,
      let until = protection.effective.until, until - from > Receipts.longestWindow
    else { return [] }
    return [
      Diagnostic(
        "state.window_too_long",
        "\(protection.key): 'percent_of_inbound' can cover at most \(Receipts.longestWindow)",
        at: share.location, hint: "end it earlier, and renew it when it ends")
    ]
  }

  private func outOfReach(
    _ resource: Resource, _ message: String, at floor: Field, _ ceiling: Field, _ hint: String
  ) -> Diagnostic {
    Diagnostic(
      "state.cannot_be_met", "\(resource.key): \(message)", at: floor.location, hint: hint,
      notes: [.init("the other one", at: ceiling.location)])
  }
}

/// The fields of an overlay over those of what it narrows.
private struct Layers {
  struct Value {
    var field: Field
    var isFromOverlay: Bool
  }

  private let overlay: Members
  private let base: Members?

  init(_ resource: Resource, _ base: Resource?) {
    overlay = resource.fields
    self.base = base?.fields
  }

  subscript(path: String) -> Value? {
    let names = path.split(separator: ".").map(String.init)
    // An object of the overlay takes the place of the whole object below it.
    let isFromOverlay = overlay[names[0]] != nil
    guard let field = overlay[names[0]] ?? base?[names[0]] else { return nil }
    return (names.count == 1 ? field : field.members?[names[1]]).map { Value(field: $0, isFromOverlay: isFromOverlay) }
  }

  /// Whether two values stand in both layers, or there is only one.
  func mixes(_ left: Value, _ right: Value) -> Bool { base == nil || left.isFromOverlay != right.isFromOverlay }
}

extension Field {
  /// What can be more or less, of whatever unit.
  fileprivate var amount: Int64? { integer ?? rate?.partsPerMillion ?? span?.milliseconds ?? money }
}
