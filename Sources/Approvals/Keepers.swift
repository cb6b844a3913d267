import DesiredState
import Diagnostics

extension DesiredState {
  /// The kinds that decide who may change what.
  private static let keptKinds: [Kind] = [.person, .role, .approvalRule]

  /// Whether somebody could still change every Person, Role and ApprovalRule where it stands. A state without such a
  /// person stays as it is for ever, and even taking it back would be refused.
  var hasKeeper: Bool {
    var kinds: [String: Set<String>] = [:]
    for kind in Self.keptKinds {
      for resource in all(kind) { kinds[resource.location.file, default: []].insert(kind.rawValue) }
    }
    let rules = all(.approvalRule)
    guard
      kinds.allSatisfy({ file, kinds in
        kinds.allSatisfy { kind in rules.contains { $0.covers(file) && $0.covers(kind: kind) } }
      })
    else { return false }
    return all(.person).contains { person in
      guard person.fields["keys"]?.list.isEmpty == false else { return false }
      let roles = all(.role).filter { role in
        (role.fields["people"]?.list ?? []).contains { $0.text == person.key.name }
      }
      return kinds.allSatisfy { file, kinds in
        roles.contains { role in role.covers(file) && kinds.allSatisfy { role.covers(kind: $0) } }
      }
    }
  }

  func all(_ kind: Kind) -> [Resource] { names(of: kind).flatMap { resources[.init(kind, $0)] ?? [] } }
}

extension Resource {
  /// Whether a Role or ApprovalRule speaks of a path; one without paths speaks of all.
  func covers(_ path: String) -> Bool {
    guard let patterns = fields["paths"] else { return true }
    return patterns.list.contains { $0.text.map { PathPattern($0).matches(path) } ?? false }
  }

  /// Whether a Role or ApprovalRule speaks of a kind; `*` is for all, and for files that hold no resource.
  func covers(kind: String) -> Bool {
    (fields["kinds"]?.list ?? []).contains { $0.text == "*" || $0.text == kind }
  }
}
