/// Places that people must fill: so many of each role, and no person fills two.
public struct RoleSlots: Hashable, Sendable {
  /// How many people of which role; none is 0 or less.
  public private(set) var counts: [String: Int] = [:]

  public init() {}

  /// What an ApprovalRule asks for; nothing for `review: none`.
  public init(review field: Field?) {
    for role in field?.members?.all ?? [] { counts[role.name] = role.field.integer.map { Int($0) } }
  }

  public var isEmpty: Bool { counts.isEmpty }

  /// The fewest places that satisfy both: each asks for itself, and who fills a place fills it for both.
  public mutating func formUnion(_ other: RoleSlots) { counts.merge(other.counts, uniquingKeysWith: max) }

  /// Who fills which place, and the places for which nobody is left.
  public struct Assignment: Hashable, Sendable {
    /// The role that each person fills a place of.
    public var roles: [String: String] = [:]
    public var missing: [String: Int] = [:]

    public var isComplete: Bool { missing.isEmpty }
  }

  /// Fills as many places as can be filled: a maximum matching by augmenting paths (Kuhn 1955), the same for the same
  /// arguments.
  /// - Parameter roles: the roles of each person.
  public func assignment(of roles: [String: Set<String>]) -> Assignment {
    var result = Assignment()
    let people = roles.keys.sorted()
    func fill(_ role: String, _ seen: inout Set<String>) -> Bool {
      for person in people where roles[person]?.contains(role) == true && seen.insert(person).inserted {
        // Who has a place already makes room if another can take it.
        if let other = result.roles[person], !fill(other, &seen) { continue }
        result.roles[person] = role
        return true
      }
      return false
    }
    for (role, count) in counts.sorted(by: { $0.key < $1.key }) {
      for _ in 0..<count {
        var seen = Set<String>()
        if !fill(role, &seen) { result.missing[role, default: 0] += 1 }
      }
    }
    return result
  }
}

extension RoleSlots: CustomStringConvertible {
  /// `2 ops-lead and 1 owner`.
  public var description: String { Self.words(counts) }

  /// `2 ops-lead and 1 owner`.
  public static func words(_ counts: [String: Int]) -> String {
    counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: " and ")
  }
}

extension DesiredState {
  /// The roles of everyone who can say something: of a Person with neither a key nor, where there is a forge, an account
  /// nothing can ever count.
  public func signers() -> [String: Set<String>] {
    var roles: [String: Set<String>] = [:]
    let hasForge = names(of: .repository).contains { name in
      (resources[.init(.repository, name)] ?? []).contains { $0.fields["forge"] != nil }
    }
    for name in names(of: .person) {
      let variants = resources[.init(.person, name)] ?? []
      let canSpeak = variants.contains {
        $0.fields["keys"]?.list.isEmpty == false || (hasForge && $0.fields["forges"]?.members?.all.isEmpty == false)
      }
      if canSpeak { roles[name] = [] }
    }
    for role in names(of: .role) {
      for variant in resources[.init(.role, role)] ?? [] {
        for person in variant.fields["people"]?.list ?? [] {
          if let name = person.text { roles[name]?.insert(role) }
        }
      }
    }
    return roles
  }

  /// The people who are programs and no human beings.
  public var automation: Set<String> {
    Set(
      names(of: .person).filter { name in
        (resources[.init(.person, name)] ?? []).contains { $0.fields["automation"]?.bool == true }
      })
  }

  /// The roles of everyone whose approval can count. Programs approve nothing: whoever runs one could approve their own
  /// work through it.
  public func approvers() -> [String: Set<String>] {
    let automation = automation
    return signers().filter { !automation.contains($0.key) }
  }
}

extension Resource {
  /// Whether an ApprovalRule is about some of the changes of its kinds and paths only. Such a rule may ask for more, and
  /// cannot be what lets every change of them through.
  public var isNarrowed: Bool {
    ["fields", "names", "scope", "direction", "at_least", "units", "impact", "reverts"].contains { fields[$0] != nil }
  }
}
