import Diagnostics
import Operations

/// What must hold between people, roles, rules and systems. There are few of them, so these checks look at all.
extension DesiredState {
  /// People whose signature could not be told apart or made, rules that nobody could satisfy, and a state in which nobody
  /// could change any of this again.
  func governanceProblems() -> [Diagnostic] { keyProblems() + approvalProblems() + keeperProblems() }

  /// A key is a name: with two people behind it, what it signs is signed by nobody.
  private func keyProblems() -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var owners: [String: (owner: Resource, key: Field)] = [:]
    // The daemon is nobody: with a person's key the one could write what only the other may.
    for repository in all(.repository) {
      if let key = repository.fields["audit_key"] { owners[Self.withoutComment(key)] = (repository, key) }
    }
    for person in all(.person) {
      let keys = person.fields["keys"]
      // Who only reviews on a forge needs none.
      if keys?.list.isEmpty ?? true, person.fields["forges"]?.members?.all.isEmpty ?? true {
        problems.append(
          Diagnostic(
            "state.no_keys", "\(person.key) has no key and cannot sign", at: keys?.location ?? person.location,
            hint: "add a key, or remove the Person, also from its roles"))
      }
      for key in keys?.list ?? [] {
        let name = Self.withoutComment(key)
        if let other = owners[name], other.owner.key != person.key {
          let isDaemons = other.owner.key.kind == .repository
          problems.append(
            Diagnostic(
              "state.shared_key",
              "\(person.key) has the same key as "
                + (isDaemons ? "the daemon (audit_key of \(other.owner.key))" : "\(other.owner.key)"),
              at: key.location, hint: "each person\(isDaemons ? " and the daemon" : "") needs their own key",
              notes: [.init("the other one", at: other.key.location)]))
        } else {
          owners[name] = (person, key)
        }
      }
    }
    return problems
  }

  private static func withoutComment(_ key: Field) -> String {
    (key.text ?? "").split(separator: " ").prefix(2).joined(separator: " ")
  }

  /// Once people or roles are named, one of them must be able to change who may change what. Whether that holds for the
  /// files where it stands is judged with the change that would end it.
  private func keeperProblems() -> [Diagnostic] {
    let roles = all(.role)
    guard let first = roles.first ?? all(.person).first else { return [] }
    let needed = [Kind.person, .role, .approvalRule]
    func covers(_ resource: Resource, _ kind: Kind) -> Bool {
      (resource.fields["kinds"]?.list ?? []).contains { $0.text == "*" || $0.text == kind.rawValue }
        && resource.fields["paths"]?.list.isEmpty != true
    }
    let rules = all(.approvalRule)
    let hasRules = needed.allSatisfy { kind in rules.contains { covers($0, kind) && !$0.isNarrowed } }
    let hasKeeper = all(.person).contains { person in
      guard person.fields["keys"]?.list.isEmpty == false else { return false }
      let own = roles.filter { role in
        (role.fields["people"]?.list ?? []).contains { $0.text == person.key.name }
      }
      return needed.allSatisfy { kind in own.contains { covers($0, kind) } }
    }
    if hasRules, hasKeeper { return [] }
    return [
      Diagnostic(
        "state.locked_out",
        hasRules
          ? "governance could never be changed: no Person with a key has roles for Person, Role and ApprovalRule"
          : "governance could never be changed: no ApprovalRule matches all changes of Person, Role and ApprovalRule",
        at: first.location,
        hint: hasRules
          ? "give one Person with a key a Role with kinds: [\"*\"] and paths: [\"**\"]"
          : "add an ApprovalRule with kinds: [\"*\"], and review: none or {ROLE: 1}")
    ]
  }

  private func all(_ kind: Kind) -> [Resource] { names(of: kind).flatMap { resources[.init(kind, $0)] ?? [] } }

  /// Two systems with one source, and event types that two systems own at the same time.
  func ownershipProblems() -> [Diagnostic] {
    var sources: [String: [(Resource, Field)]] = [:]
    var owners: [String: [(Resource, Field)]] = [:]
    for integration in all(.integration) {
      if let source = integration.fields["source"] {
        sources[source.description, default: []].append((integration, source))
      }
      for type in integration.fields["owns"]?.list ?? [] {
        owners[type.description, default: []].append((integration, type))
      }
    }
    return clashes(sources) { "the source '\($0)' is used by two systems" }
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
