import DesiredState
import Diagnostics

extension DesiredState {
  /// The kinds that decide who may change what.
  private static let keptKinds: [Kind] = [.person, .role, .approvalRule]

  /// Whether somebody could still change every Person, Role and ApprovalRule where it stands, and others approve that
  /// where rules ask for it. A state without such people stays as it is for ever, and even taking it back would be refused.
  var hasKeeper: Bool {
    var kinds: [String: Set<String>] = [:]
    for kind in Self.keptKinds {
      for resource in all(kind) { kinds[resource.location.file, default: []].insert(kind.rawValue) }
    }
    let rules = all(.approvalRule)
    func speaks(_ rule: Resource) -> Bool {
      kinds.contains { file, kinds in rule.covers(file) && kinds.contains { rule.covers(kind: $0) } }
    }
    guard
      kinds.allSatisfy({ file, kinds in
        kinds.allSatisfy { kind in
          rules.contains { $0.covers(file) && $0.covers(kind: kind) && !$0.isNarrowed }
        }
      })
    else { return false }
    let slots = rules.filter(speaks).reduce(into: RoleSlots()) { $0.formUnion(RoleSlots(review: $1.fields["review"])) }
    let approvers = approvers()
    return signers().contains { person, names in
      let roles = names.flatMap { resources[.init(.role, $0)] ?? [] }
      return kinds.allSatisfy { file, kinds in
        roles.contains { role in role.covers(file) && kinds.allSatisfy { role.covers(kind: $0) } }
      } && slots.assignment(of: approvers.filter { $0.key != person }).isComplete
    }
  }

  func all(_ kind: Kind) -> [Resource] { names(of: kind).flatMap { resources[.init(kind, $0)] ?? [] } }
}
