import Diagnostics
import Operations

extension DesiredState {
  /// What the resources say together that is allowed and may not be meant, as warnings.
  public func cautions() -> [Diagnostic] {
    networkCautions() + protectionCautions() + releaseCautions() + ruleCautions() + roleCautions()
      + processingCautions() + tierCautions()
  }

  /// Shares of the same stock that are kept for different channels at the same time, and are more than all of it. Tier by
  /// tier, the last then get less than theirs, whatever there is.
  private func protectionCautions() -> [Diagnostic] {
    let all = names(of: .protection).flatMap { resources[.init(.protection, $0)] ?? [] }
    return ["percent_of_on_hand", "percent_of_inbound"].flatMap { name in
      let shares = all.compactMap { Share($0, name) }
      return Dictionary(grouping: shares, by: \.target).values.compactMap { group -> Diagnostic? in
        guard group.count > 1, let excess = Self.excess(of: group) else { return nil }
        return Diagnostic(
          "state.over_100_percent",
          "\(excess.last.key): together with \(excess.others) it reserves \(excess.sum) of \(excess.last.words)",
          at: excess.last.field.location, severity: .warning, hint: "lower the shares to 100% in total")
      }
    }
  }

  /// A share that a Protection keeps.
  private struct Share {
    struct Target: Hashable {
      var scope: Scope
      var region: String?
    }

    var key: Resource.Key
    var channel: String
    var target: Target
    var effective: Window
    var field: Field
    var rate: Rate
    var words: String

    init?(_ protection: Resource, _ name: String) {
      guard let field = protection.fields[name], let rate = field.rate, rate > .none,
        let channel = protection.fields["channel"]?.text
      else { return nil }
      key = protection.key
      self.channel = channel
      target = Target(scope: protection.target, region: protection.targetRegion)
      effective = protection.effective
      self.field = field
      self.rate = rate
      words = name == "percent_of_inbound" ? "inbound goods" : "the stock on hand"
    }
  }

  /// The first moment at which shares are more than everything: whose share it is that goes beyond.
  private static func excess(of shares: [Share]) -> (last: Share, others: String, sum: Rate.Sum)? {
    let moments = shares.flatMap { share in
      [(share.effective.from ?? .distantPast, true, share), (share.effective.until ?? .distantFuture, false, share)]
    }.sorted { left, right in
      // What ends makes room for what begins.
      (left.0, left.1 ? 1 : 0, left.2.field.location) < (right.0, right.1 ? 1 : 0, right.2.field.location)
    }
    var active: [String: [Share]] = [:]
    var sum = Rate.Sum()
    for (_, begins, share) in moments {
      let before = inForce(active[share.channel])
      if begins {
        active[share.channel, default: []].append(share)
      } else {
        active[share.channel]?.removeAll { $0.field.location == share.field.location }
      }
      sum.partsPerMillion += (inForce(active[share.channel])?.rate ?? .none).partsPerMillion
      sum.partsPerMillion -= (before?.rate ?? .none).partsPerMillion
      guard begins, sum.partsPerMillion > Rate.all.partsPerMillion else { continue }
      let others = active.compactMap { inForce($0.value) }.filter { $0.channel != share.channel }
      let names = others.map(\.key.name).sorted { $0.isBytewiseLess(than: $1) }
      return (share, names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : ""), sum)
    }
    return nil
  }

  /// The one of a channel's shares that counts: one that holds only for a time before one that always holds.
  private static func inForce(_ shares: [Share]?) -> Share? {
    shares?.first { $0.effective.isBounded } ?? shares?.first
  }
}

extension Rate {
  /// Rates added up, which may be more than all.
  fileprivate struct Sum: CustomStringConvertible {
    var partsPerMillion: Int64 = 0

    /// `120%`, rounded up to a hundredth.
    var description: String {
      let hundredths = (partsPerMillion + 99) / 100
      let rest = hundredths % 100
      return "\(hundredths / 100)" + (rest == 0 ? "" : ".\(rest < 10 ? "0" : "")\(rest)") + "%"
    }
  }
}
