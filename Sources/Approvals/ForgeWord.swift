import DesiredState
import Operations

/// What the daemon reads on a forge counts only if the state at the base of the change names that forge, the account belongs
/// to one person there, and the audit key signed it.
extension Change {
  /// Who says what was read on a forge: one person, or nobody.
  func speakers(from source: ForgeSource, key: String) -> [String] {
    guard isVouched(source, by: key) else { return [] }
    return before.person(withAccount: source.account, on: source.location.kind).map { [$0] } ?? []
  }

  /// Whose work a commit is that a forge merged, and the statement that says so; nil where none does that counts.
  func mergeAuthors(of commit: CommitFacts, _ evidence: Evidence) -> (people: [String], said: SignedStatement)? {
    for signed in evidence.merges(of: commit.id) {
      guard let statement = try? signed.statement(), let source = statement.forge, let key = signed.signer(),
        speakers(from: source, key: key) == [statement.person], statement.policyVersion == base.version,
        statement.issuedAt <= evidence.now + Statement.clockAhead, source.authors.contains(statement.person),
        source.authors.allSatisfy({ before.resources[.init(.person, $0)] != nil })
      else { continue }
      return (source.authors, signed)
    }
    return nil
  }

  private func isVouched(_ source: ForgeSource, by key: String) -> Bool {
    guard before.forge == source.location else { return false }
    let repositories = before.all(.repository)
    return repositories.contains { $0.fields["audit_key"]?.text.map { Self.isSame($0, key) } ?? false }
  }
}

extension SignedStatement {
  /// Whether it may be about a merge: cheap to ask of every statement of a log.
  var isAboutMerge: Bool { text.contains(Array("\"kind\":\"merge\"".utf8)) }
}

extension DesiredState {
  /// The person to whom an account on a forge belongs; nil for nobody and for more than one.
  public func person(withAccount account: Int64, on kind: ForgeKind) -> String? {
    Self.only(
      all(.person).filter { $0.fields["forges"]?.members?[kind.rawValue]?.integer == account })
  }

  /// The person whom an address in a commit names.
  public func person(withAddress address: String) -> String? {
    let folded = Authors.folded(address)
    return Self.only(
      all(.person).filter { person in
        let fields = [person.fields["email"]].compactMap { $0 } + (person.fields["emails"]?.list ?? [])
        return fields.contains { $0.text.map(Authors.folded) == folded }
      })
  }

  /// The person whose key it is, as OpenSSH writes it without a comment.
  public func person(withKey key: String) -> String? {
    Self.only(
      all(.person).filter { person in
        (person.fields["keys"]?.list ?? []).contains { $0.text.map { Change.isSame($0, key) } ?? false }
      })
  }

  private static func only(_ people: [Resource]) -> String? {
    let names = Set(people.map(\.key.name))
    return names.count == 1 ? names.first : nil
  }
}
