import Diagnostics
import Operations

/// What must hold between tiers and the channels in them. There are few of both, so these checks look at all.
extension DesiredState {
  func tierProblems() -> [Diagnostic] { mixedRankProblems() + unusedShareProblems() }

  /// Two tiers of one rank are served together, and that goes only one way at a time.
  private func mixedRankProblems() -> [Diagnostic] {
    let tiers = names(of: .allocationTier).flatMap { resources[.init(.allocationTier, $0)] ?? [] }
    return tiers.indices.dropFirst().compactMap { index in
      let tier = tiers[index]
      let other = tiers[..<index].first { other in
        other.key != tier.key && other.fields["rank"]?.integer == tier.fields["rank"]?.integer
          && isShared(other) != isShared(tier) && other.effective.overlaps(tier.effective)
      }
      return other.map { other in
        Diagnostic(
          "state.mixed_rank", "\(tier.key) and \(other.key) have the same rank but different rules",
          at: tier.fields["rank"]?.location ?? tier.location,
          hint: "give them different ranks, or the same rule",
          notes: [.init("the other one", at: other.location)])
      }
    }
  }

  private func isShared(_ tier: Resource) -> Bool { tier.fields["rule"]?.text == "fair_share" }

  /// A part in a tier that does not share out anything does nothing.
  private func unusedShareProblems() -> [Diagnostic] {
    names(of: .channel).flatMap { name -> [Diagnostic] in
      let variants = resources[.init(.channel, name)] ?? []
      let shares = variants.compactMap { $0.fields["share"] }
      guard !shares.isEmpty else { return [] }
      let tiers = variants.compactMap { $0.fields["tier"]?.text }.map { resources[.init(.allocationTier, $0)] }
      // A tier that is missing is reported as such.
      guard tiers.allSatisfy({ $0?.contains(where: isShared) == false }) else { return [] }
      return shares.map { share in
        Diagnostic(
          "state.share_unused", "Channel/\(name) has a share, but its tier does not share by weight",
          at: share.location,
          hint: "write 'rule: fair_share' in the tier, or remove the share")
      }
    }
  }
}
