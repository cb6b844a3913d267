import DesiredState
import Operations

/// A change that takes away what one person can say, and does nothing else. What they say against it they say in their own
/// cause: a lead who was let go, or whoever stole a lead's key, could keep it for ever otherwise.
///
/// It is read strictly. With anything beside it, were it one more key, a role for somebody else or a looser rule, a change is
/// like any other and the person can reject it: nobody gets past their word by letting them go in the same breath.
struct Dismissal {
  let person: String
  /// Whether nothing that they say counts against changes like this one afterwards: there is no such Person any more, or it
  /// has neither a key nor a role that could reject.
  private let losesAll: Bool
  /// The keys that are theirs no more, without their comments.
  private let keys: Set<String>
  /// Their accounts that are theirs no more, by the kind of the forge.
  private let accounts: [String: Int64]

  /// - Parameter blockers: the roles whose people may reject the change.
  /// - Returns: nil for every other change.
  init?(_ change: Change, blockers: Set<String>) {
    let resources = change.resources()
    let told = resources.reduce(into: Set<String>()) { $0.formUnion($1.paths) }
    guard !resources.isEmpty, told == Set(change.paths), told.isDisjoint(with: change.leftOut.keys) else { return nil }
    var people = Set<String>()
    for (key, _) in resources {
      guard let name = Self.loser(by: key, change) else { return nil }
      people.insert(name)
    }
    guard people.count == 1, let person = people.first else { return nil }
    self.person = person
    losesAll = (change.after.approvers()[person] ?? []).isDisjoint(with: blockers)
    let key = Resource.Key(.person, person)
    keys = Self.keys(change.before, key).subtracting(Self.keys(change.after, key))
    let left = Self.accounts(change.after, key)
    accounts = Self.accounts(change.before, key).filter { left[$0.key] != $0.value }
  }

  /// Whether somebody says something in their own cause, signed with one of their keys or, on a forge, by the daemon's.
  func isOwnCause(_ statement: Statement, signedWith key: String) -> Bool {
    guard statement.person == person else { return false }
    if losesAll { return true }
    if let source = statement.forge { return accounts[source.location.kind.rawValue] == source.account }
    return keys.contains(key)
  }

  /// Whether whatever the person says against it is in their own cause, whichever key they use.
  func isOwnCause(of name: String) -> Bool { name == person && losesAll }

  // MARK: What it does

  /// Who loses something by what becomes of a resource; nil where anything else happens to it.
  private static func loser(by key: Resource.Key, _ change: Change) -> String? {
    let (old, new) = (change.before.resources[key] ?? [], change.after.resources[key] ?? [])
    // A resource in two documents is no plain one.
    guard old.count == 1, new.count <= 1, let before = old.first else { return nil }
    switch key.kind {
    case .person:
      guard let after = new.first else { return key.name }
      guard isSame(before, after, but: ["keys", "forges"]),
        isPart(after.fields["keys"]?.list ?? [], of: before.fields["keys"]?.list ?? []),
        isPart(after.fields["forges"]?.members, of: before.fields["forges"]?.members)
      else { return nil }
      return key.name
    case .role:
      let had = (before.fields["people"]?.list ?? []).compactMap(\.text)
      // Without the role its only member has lost it, and nobody else.
      guard let after = new.first else { return Set(had).count == 1 ? had.first : nil }
      let has = (after.fields["people"]?.list ?? []).compactMap(\.text)
      let gone = Set(had).subtracting(has)
      guard gone.count == 1, let person = gone.first, has == had.filter({ $0 != person }),
        isSame(before, after, but: ["people"])
      else { return nil }
      return person
    default: return nil
    }
  }

  private static func isSame(_ one: Resource, _ other: Resource, but fields: Set<String>) -> Bool {
    func rest(_ resource: Resource) -> Resource {
      var rest = resource
      rest.fields = Members()
      for member in resource.fields.all where !fields.contains(member.name) {
        rest.fields.append(member.name, member.field)
      }
      return rest
    }
    return rest(one).says(sameAs: rest(other))
  }

  private static func isPart(_ some: [Field], of all: [Field]) -> Bool {
    some.allSatisfy { one in all.contains { $0.says(sameAs: one) } }
  }

  private static func isPart(_ some: Members?, of all: Members?) -> Bool {
    (some?.all ?? []).allSatisfy { one in all?[one.name].map { $0.says(sameAs: one.field) } ?? false }
  }

  private static func keys(_ state: DesiredState, _ person: Resource.Key) -> Set<String> {
    Set(
      (state.resources[person] ?? []).flatMap { $0.fields["keys"]?.list ?? [] }
        .compactMap { $0.text?.split(separator: " ").prefix(2).joined(separator: " ") })
  }

  private static func accounts(_ state: DesiredState, _ person: Resource.Key) -> [String: Int64] {
    var result: [String: Int64] = [:]
    for member in (state.resources[person] ?? []).flatMap({ $0.fields["forges"]?.members?.all ?? [] }) {
      result[member.name] = member.field.integer
    }
    return result
  }
}
