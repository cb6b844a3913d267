import Diagnostics
import Operations

/// Rules of which each can be met, and not all that speak of the same change: a change must meet every one of them.
extension DesiredState {
  /// - Parameter signers: the roles of everyone who can sign.
  func unsatisfiableTogether(_ signers: [String: Set<String>]) -> [Diagnostic] {
    let asking = names(of: .approvalRule).flatMap { resources[.init(.approvalRule, $0)] ?? [] }.filter { rule in
      let roles = RoleSlots(review: rule.fields["review"]).counts.keys
      return !roles.isEmpty && roles.allSatisfy { contains(.role, $0) }
    }
    let crowd = Crowd(signers: signers, approvers: approvers())
    // Rules for exact reverts speak alone of what they let through.
    return Dictionary(grouping: asking) { $0.fields["reverts"] != nil }.values.flatMap { rules -> [Diagnostic] in
      // Mostly there are people enough for all rules at once, whichever of them a change meets.
      guard rules.count > 1, crowd.stranded(by: Self.slots(rules), of: { _ in true }) != nil else { return [] }
      return unsatisfiable(together: rules, crowd)
    }
  }

  /// Everyone who can sign and everyone whose approval counts, with their roles.
  private struct Crowd {
    var signers: [String: Set<String>]
    var approvers: [String: Set<String>]

    /// Somebody without whose approval the places cannot be filled, of those who may make the change; nil where there is
    /// none. Who fills no place when everybody helps is not missed.
    func stranded(by slots: RoleSlots, of mayAuthor: (Set<String>) -> Bool) -> String? {
      let all = slots.assignment(of: approvers)
      let candidates = all.isComplete ? Array(all.roles.keys) : Array(signers.keys)
      return candidates.sorted { $0.isBytewiseLess(than: $1) }.first { person in
        mayAuthor(signers[person] ?? [])
          && !(all.isComplete && slots.assignment(of: approvers.filter { $0.key != person }).isComplete)
      }
    }
  }

  /// What a change of one thing meets: the rules that may speak of it, and the roles whose people may make it.
  private struct Meeting: Hashable {
    var rules: [Int]
    var authors: Set<String>
  }

  private func unsatisfiable(together rules: [Resource], _ crowd: Crowd) -> [Diagnostic] {
    var told = Set<[Int]>()
    return meetings(of: rules).sorted { $0.value.isBytewiseLess(than: $1.value) }.flatMap { meeting, what in
      Self.narrowed(meeting.rules, of: rules).compactMap { set -> Diagnostic? in
        func stranded(_ set: [Int]) -> String? {
          crowd.stranded(by: Self.slots(set.map { rules[$0] })) { !$0.isDisjoint(with: meeting.authors) }
        }
        guard stranded(set) != nil else { return nil }
        // As few rules as it takes; a single one is reported by itself.
        let least = set.reduce(set) { rest, rule in
          let fewer = rest.filter { $0 != rule }
          return fewer.isEmpty || stranded(fewer) == nil ? rest : fewer
        }
        guard least.count > 1, let author = stranded(least), told.insert(least).inserted else { return nil }
        return Self.problem(least.map { rules[$0] }, what, author)
      }
    }
  }

  private static func problem(_ rules: [Resource], _ what: String, _ author: String) -> Diagnostic? {
    guard let last = rules.last else { return nil }
    let others = rules.dropLast()
    return Diagnostic(
      "state.unsatisfiable",
      "\(last.key): together with \(others.map { "\($0.key)" }.joined(separator: " and ")) it requires \(slots(rules))"
        + " when \(what) changes, but too few people are left to approve what '\(author)' changes there",
      at: last.fields["review"]?.location ?? last.location,
      hint:
        "give the roles to more people, or make the rules match different changes: authors never approve their own"
        + " changes, each person counts once, and a change must satisfy every rule that matches it",
      notes: others.map { .init("the other rule", at: $0.location) })
  }

  private static func slots(_ rules: [Resource]) -> RoleSlots {
    rules.reduce(into: RoleSlots()) { $0.formUnion(RoleSlots(review: $1.fields["review"])) }
  }

  /// The rules that speak of one field, and of one part of the catalogue. Of the numbers in a field nothing is known.
  private static func narrowed(_ set: [Int], of rules: [Resource]) -> Set<[Int]> {
    func fields(_ rule: Int) -> [String]? { rules[rule].fields["fields"]?.list.compactMap(\.text) }
    func scope(_ rule: Int) -> Scope? { rules[rule].fields["scope"]?.members.map { Scope($0) } }
    let names: [String?] = [nil] + Set(set.compactMap(fields).joined()).map(Optional.some)
    let scopes: [Scope?] = [nil] + Set(set.compactMap(scope)).map(Optional.some)
    var result = Set<[Int]>()
    for name in names {
      for part in scopes {
        let met = set.filter { rule in
          (fields(rule).map { $0.contains { $0 == name } } ?? true) && (scope(rule).map { $0 == part } ?? true)
        }
        if met.count > 1 { result.insert(met) }
      }
    }
    return result
  }

  /// Everything that differs in the rules that speak of it or in who may change it, each with an example in words: what
  /// stands here, and one more of each kind.
  private func meetings(of rules: [Resource]) -> [Meeting: String] {
    let roles = names(of: .role).flatMap { resources[.init(.role, $0)] ?? [] }
    func meeting(_ kind: String, _ name: String?, _ speaks: (Resource) -> Bool) -> Meeting {
      let met = rules.indices.filter { rule in
        guard rules[rule].covers(kind: kind), speaks(rules[rule]) else { return false }
        return rules[rule].fields["names"].map { names in names.list.contains { $0.text == name } } ?? true
      }
      let authors = roles.filter { $0.covers(kind: kind) && speaks($0) }.map(\.key.name)
      return Meeting(rules: met, authors: Set(authors))
    }
    let named = Set(rules.flatMap { $0.fields["names"]?.list.compactMap(\.text) ?? [] })
    var result: [Meeting: String] = [:]
    func add(_ meeting: Meeting, _ words: String) {
      guard meeting.rules.count > 1 else { return }
      result[meeting] = result[meeting].map { $0.isBytewiseLess(than: words) ? $0 : words } ?? words
    }
    for kind in ["*"] + Kind.allCases.map(\.rawValue) {
      add(meeting(kind, nil, \.coversAllPaths), kind == "*" ? "a file outside of state/" : "a \(kind)")
    }
    // Resources of one kind in one file differ only where rules name them.
    var seen = Set<Seen>()
    for (key, variants) in resources {
      for resource in variants {
        let file = resource.location.file
        let here = Seen(kind: key.kind, file: file, name: named.contains(key.name) ? key.name : nil)
        guard seen.insert(here).inserted else { continue }
        add(
          meeting(key.kind.rawValue, key.name) { $0.covers(file) },
          here.name == nil ? "a \(key.kind.rawValue) in \(file)" : "\(key)")
      }
    }
    return result
  }

  private struct Seen: Hashable {
    var kind: Kind
    var file: String
    var name: String?
  }
}
