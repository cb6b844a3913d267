import Diagnostics

extension DesiredState {
  /// Channels and tiers that can do nothing by what the others say.
  func tierCautions() -> [Diagnostic] { protectionOnlyCautions() + takerCautions() }

  /// Channels that sell from their protection alone, and have none.
  private func protectionOnlyCautions() -> [Diagnostic] {
    let protections = names(of: .protection).flatMap { resources[.init(.protection, $0)] ?? [] }
    let protected = Set(protections.compactMap { $0.fields["channel"]?.text })
    return names(of: .channel).compactMap { name in
      let terms = (resources[.init(.channel, name)] ?? []).compactMap { $0.fields["may_use_shared"] }
      guard !protected.contains(name), let field = terms.first, terms.allSatisfy({ $0.bool == false }) else {
        return nil
      }
      return Diagnostic(
        "state.no_effect", "Channel/\(name): it sells from its protection alone, and no Protection is for it",
        at: field.location, severity: .warning,
        hint: "add a Protection with 'channel: \(name)', or write 'may_use_shared: true'")
    }
  }

  /// Tiers that are to take what others hold, where none gives anything.
  private func takerCautions() -> [Diagnostic] {
    let tiers = names(of: .allocationTier).flatMap { resources[.init(.allocationTier, $0)] ?? [] }
    func reallocation(_ tier: Resource) -> String { tier.fields["reallocation"]?.text ?? "none" }
    guard !tiers.contains(where: { ["redistribute", "fill", "lose"].contains(reallocation($0)) }) else { return [] }
    return tiers.compactMap { tier in
      guard let field = tier.fields["reallocation"], ["win", "gain"].contains(reallocation(tier)) else { return nil }
      return Diagnostic(
        "state.no_effect", "\(tier.key): '\(reallocation(tier))' takes from tiers that give, and none does",
        at: field.location, severity: .warning,
        hint: "write 'reallocation: lose', 'fill' or 'redistribute' in a tier that is to give")
    }
  }
}
