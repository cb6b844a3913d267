import Diagnostics
import Operations

/// What must hold between people, roles, rules and systems. There are few of them, so these checks look at all.
extension DesiredState {
  /// Rules that nobody could satisfy. Approvals cannot be given yet: a rule that asks for them would lock everyone out,
  /// and even the change that takes it back would be refused.
  func governanceProblems() -> [Diagnostic] {
    names(of: .approvalRule).flatMap { resources[.init(.approvalRule, $0)] ?? [] }.compactMap { rule in
      guard let review = rule.fields["review"], review.members != nil else { return nil }
      return Diagnostic(
        "state.review_unavailable", "\(rule.key) asks for approvals, which cannot be given yet",
        at: review.location, hint: "write 'review: none', and limit people by the kinds and paths of their roles")
    }
  }

  /// Two systems with one source, and event types that two systems own at the same time.
  func ownershipProblems() -> [Diagnostic] {
    var sources: [String: [(Resource, Field)]] = [:]
    var owners: [String: [(Resource, Field)]] = [:]
    for integration in names(of: .integration).flatMap({ resources[.init(.integration, $0)] ?? [] }) {
      if let source = integration.fields["source"] {
        sources[source.description, default: []].append((integration, source))
      }
      for type in integration.fields["owns"]?.list ?? [] {
        owners[type.description, default: []].append((integration, type))
      }
    }
    return clashes(sources) { "the source '\($0)' stands for two systems" }
      + clashes(owners) { "two systems own '\($0)'" }
  }

  private func clashes(_ claims: [String: [(Resource, Field)]], _ message: (String) -> String) -> [Diagnostic] {
    claims.flatMap { name, claims -> [Diagnostic] in
      claims.indices.dropFirst().compactMap { index in
        let (resource, field) = claims[index]
        guard let other = claims[..<index].first(where: { $0.0.effective.overlaps(resource.effective) }) else {
          return nil
        }
        return Diagnostic(
          "state.two_owners", message(name), at: field.location,
          hint: "keep one, or give them windows that do not overlap",
          notes: [.init("the other one", at: other.1.location)])
      }
    }
  }
}
