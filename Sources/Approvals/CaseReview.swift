public import DesiredState
public import Diagnostics
public import Operations

extension ReviewCase {
  /// The statement that closes the case: of somebody with one of its roles who neither made the change nor let it through.
  /// - Parameters:
  ///   - state: the policy in force, `pin`.
  ///   - said: what people said beside changes.
  public func closing(_ state: DesiredState, _ pin: PolicyPin, _ said: [SignedStatement], at now: Instant)
    -> SignedStatement?
  {
    let about = said.about(.review(commit: commit))
    guard !about.isEmpty else { return nil }
    let roles = state.approvers()
    let hearing = Hearing(about, at: now, speakers: { state.speakers(of: $0, signedWith: $1) })
    return hearing.voices.first { voice in
      voice.statement.kind == .approve && mayClose(voice.person, roles)
        && voice.statement.issuedAt >= openedAt && voice.statement.expiresAt.map { $0 > now } ?? true
    }?.signed
  }

  private func mayClose(_ person: String, _ approvers: [String: Set<String>]) -> Bool {
    guard let roles = approvers[person], !authors.contains(person), !breakers.contains(where: { $0.person == person })
    else { return false }
    return owners.isEmpty ? !roles.isEmpty : !roles.isDisjoint(with: owners)
  }
}

extension ReviewCase {
  /// Why somebody could not close it, with who can; nil where they can.
  public func objection(to person: String, _ state: DesiredState) -> Diagnostic? {
    let roles = state.approvers()
    guard !mayClose(person, roles) else { return nil }
    if authors.contains(person) { return Objection.author(person) }
    let others = Set(breakers.map(\.person))
    if others.contains(person) {
      return Diagnostic(
        "review.breaker", "\(person) used break-glass for it, and may not close its review case",
        hint: "ask someone else with the role \(owners.joined(separator: " or ")); nothing was signed")
    }
    let needed = owners.isEmpty ? Set(roles.values.joined()) : Set(owners)
    return Objection.role(person, needed, roles, except: others.union(authors))
  }
}

extension AcceptedCommit {
  /// The case that it opens; nil where nothing was left out.
  public func reviewCase(at now: Instant) -> ReviewCase? {
    guard !acceptance.brokenGlass.isEmpty else { return nil }
    return ReviewCase(
      commit: commit.id, openedAt: now,
      breakers: acceptance.brokenGlass.map { .init(person: $0.person, reason: $0.reason) }.reduce(into: []) {
        if !$0.contains($1) { $0.append($1) }
      },
      owners: acceptance.owners, authors: acceptance.everyone)
  }
}
