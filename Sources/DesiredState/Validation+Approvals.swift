import Diagnostics
import Operations

/// Rules that ask for approvals, and what must hold so that they can be given.
extension DesiredState {
  /// Rules that make no sense or that nobody could satisfy, and accounts that would stand for two people.
  func approvalProblems() -> [Diagnostic] {
    let signers = signers()
    let rules = names(of: .approvalRule).flatMap { resources[.init(.approvalRule, $0)] ?? [] }
    return rules.flatMap { ruleFieldProblems($0) + unsatisfiable($0, signers) } + unsatisfiableTogether(signers)
      + accountProblems()
  }

  private func ruleFieldProblems(_ rule: Resource) -> [Diagnostic] {
    let fields = rule.fields
    var problems: [Diagnostic] = []
    func report(_ id: String, _ message: String, _ hint: String, at field: Field?) {
      problems.append(
        Diagnostic("state.\(id)", "\(rule.key): \(message)", at: field?.location ?? rule.location, hint: hint))
    }
    let review = fields["review"]
    let asks = review?.members != nil
    if asks, RoleSlots(review: review).isEmpty {
      report("empty_review", "'review' has no role", "write none, or who must approve: {ROLE: 1}", at: review)
    }
    if !asks {
      for name in ["impact", "tolerance", "valid_for", "break_glass"] where fields[name] != nil {
        report(
          "without_review", "'\(name)' is for rules that require a review",
          name == "impact"
            ? "add who must approve: without a review, a larger impact would need fewer people"
            : "remove it, or require a review",
          at: fields[name])
      }
    }
    if let impact = fields["impact"], impact.members?.all.isEmpty != false {
      report("one_of", "'impact' has no measure", "for example {orders_losing: 10}", at: impact)
    }
    if let scope = fields["scope"], let members = scope.members {
      let given = Scope.fieldNames.filter { members[$0] != nil }
      if given.count != 1 {
        report(
          "one_of", "the scope has \(given.isEmpty ? "no field" : given.joined(separator: " and "))",
          "give one of \(Scope.fieldNames.joined(separator: ", "))", at: scope)
      }
    }
    if let units = fields["units"], fields["at_least"] != nil {
      report("one_of", "give 'at_least' or 'units'", "one, not both", at: units)
    }
    if let share = fields["at_least"], share.rate == Rate.none {
      report("zero_size", "every change is at least 0%", "remove it, or write for example 20%", at: share)
    }
    let known = fieldNames(of: fields["kinds"]?.list.compactMap(\.text) ?? [])
    for field in fields["fields"]?.list ?? [] {
      guard let name = field.text, !known.contains(name) else { continue }
      report(
        "unknown_field", "its kinds have no field '\(name)'",
        didYouMean(name, among: known) ?? "their fields are \(known.joined(separator: ", "))", at: field)
    }
    return problems
  }

  /// The fields that resources of some kinds can have, beside their kind and name, in the order of the schema.
  private func fieldNames(of kinds: [String]) -> [String] {
    let kinds = kinds.contains("*") ? Kind.allCases : kinds.compactMap(Kind.init(rawValue:))
    var seen: Set = ["kind", "name", "scope"]
    return kinds.flatMap { Schema.commonFields(of: $0) + Schema.fields(of: $0) }.map(\.name)
      .filter { seen.insert($0).inserted }
  }

  /// A rule must be within reach whoever of those that may make such a change makes it: authors never approve.
  private func unsatisfiable(_ rule: Resource, _ signers: [String: Set<String>]) -> [Diagnostic] {
    guard let review = rule.fields["review"], case let slots = RoleSlots(review: review), !slots.isEmpty else {
      return []
    }
    // A role that is missing is reported as such.
    guard slots.counts.keys.allSatisfy({ contains(.role, $0) }) else { return [] }
    var problem: String?
    let approvers = approvers()
    let all = slots.assignment(of: approvers)
    if !all.isComplete {
      problem =
        "it requires \(slots), but there are not enough people with keys: \(RoleSlots.words(all.missing)) missing"
    } else {
      let author = signers.keys.sorted().first { author in
        mayAuthor(signers[author] ?? [], what: rule)
          && !slots.assignment(of: approvers.filter { $0.key != author }).isComplete
      }
      problem = author.map { "it requires \(slots), but too few people are left to approve what '\($0)' changes" }
    }
    guard let problem else { return [] }
    return [
      Diagnostic(
        "state.unsatisfiable", "\(rule.key): \(problem)", at: review.location,
        hint: "give the role to more people, or require fewer: authors never approve their own changes, and each person"
          + " counts once")
    ]
  }

  private func mayAuthor(_ roles: Set<String>, what rule: Resource) -> Bool {
    let kinds = Set(rule.fields["kinds"]?.list.compactMap(\.text) ?? [])
    return roles.contains { role in
      (resources[.init(.role, role)] ?? []).contains { variant in
        let own = Set(variant.fields["kinds"]?.list.compactMap(\.text) ?? [])
        return !own.isEmpty && (own.contains("*") || kinds.contains("*") || !own.isDisjoint(with: kinds))
      }
    }
  }

  /// An account is a name, like a key.
  private func accountProblems() -> [Diagnostic] {
    var owners: [String: (person: Resource, account: Field)] = [:]
    var problems: [Diagnostic] = []
    for name in names(of: .person) {
      for person in resources[.init(.person, name)] ?? [] {
        for member in person.fields["forges"]?.members?.all ?? [] {
          let account = "\(member.name) \(member.field)"
          guard let other = owners[account] else {
            owners[account] = (person, member.field)
            continue
          }
          problems.append(
            Diagnostic(
              "state.shared_account", "\(person.key) and \(other.person.key) have the same \(member.name) account",
              at: member.field.location, hint: "each person needs their own account",
              notes: [.init("the other one", at: other.account.location)]))
        }
      }
    }
    return problems
  }
}
