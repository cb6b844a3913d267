import DesiredState
public import Diagnostics
public import Operations

/// Something that a person said last about a change, and why it counts for nothing.
public struct Uncounted: Sendable {
  public var person: String
  public var reason: Diagnostic
}

extension Change {
  /// What people said about the change that counts for nothing, as far as it is known what the change would do; at most
  /// once for each person.
  public func uncounted(_ evidence: Evidence) -> [Uncounted] {
    guard !problems.hasErrors else { return [] }
    let (review, authors, hearing) = review(evidence)
    let recalling = Set((recall(by: hearing, authors, at: evidence.now) ?? []).map(\.id))
    let isCounted = Set(hearing.voices.filter { recalling.contains($0.signed.id) }.map(\.person))
    return review.uncounted.filter { !isCounted.contains($0.person) }
  }

  /// What people said about the change, held against what is asked for as far as it is known what it would do.
  func review(_ evidence: Evidence) -> (review: Review, authors: Authors, hearing: Hearing) {
    let most = asked(.most)
    let dismissal = dismissal(most)
    let (authors, hearing) = (Authors(of: self, evidence), Hearing(self, evidence, dismissal))
    let impact = knownImpact(evidence) ?? .least
    let review = Review(
      self, asked(impact), most: most, authors, hearing, evidence, holds(at: evidence.now),
      carried: carriedVetoes(evidence, rules(), dismissal, most: most), impact: impact)
    return (review, authors, hearing)
  }

  /// Why nothing that a person would say about the change could count, whatever it would do; nil where it could.
  ///
  /// It is asked before something is signed. Rules that ask only because of the impact are taken to ask: who approves
  /// before it is known what they approve has said so in time.
  public func objection(to kind: Statement.Kind, by person: String, _ evidence: Evidence) -> Diagnostic? {
    guard kind != .revoke, kind != .merge, !problems.hasErrors else { return nil }
    let authors = Authors(of: self, evidence)
    let asked = asked(.most)
    let roles = before.approvers()
    if kind == .breakGlass {
      let needed = Set(glasses(asked, evidence).map(\.role)).union(holds(at: evidence.now).compactMap(\.overrideRole))
      return Objection.role(person, needed, roles, except: [])
        ?? (needed.isEmpty ? Objection.noGlass : nil)
    }
    // What somebody rejects stays rejected, whoever names them as an author.
    if kind != .reject, authors.all.contains(person) { return Objection.author(person) }
    if before.automation.contains(person) { return Objection.program(person) }
    // Whoever is no program may let a program bring back what was taken back.
    if kind == .approve, recall(by: Hearing(self, Evidence(), nil), authors, at: evidence.now) == nil { return nil }
    guard !asked.isEmpty else { return Objection.notAsked }
    if kind == .reject, dismissal(asked)?.isOwnCause(of: person) == true { return Objection.ownCause(person) }
    return Objection.role(
      person, Set(asked.slots.counts.keys), roles, except: kind == .reject ? [] : authors.all)
  }

  /// How long what somebody says counts at most by the rules that ask; nil for as long as it says itself.
  public func validity(of kind: Statement.Kind, by person: String, _ evidence: Evidence) -> TimeSpan? {
    let asked = asked(knownImpact(evidence) ?? .most)
    guard kind == .breakGlass else { return kind == .approve ? asked.validFor : nil }
    let roles = before.approvers()[person] ?? []
    return glasses(asked, evidence).filter { roles.contains($0.role) }.map(\.validFor).min()
  }

  /// What may be broken: of the reviews that are asked for, and of those by which somebody rejected a part of it.
  private func glasses(_ asked: Requirement, _ evidence: Evidence) -> [Requirement.Glass] {
    let vetoes = carriedVetoes(evidence, rules(), dismissal(asked), most: asked)
    return (asked.demands + vetoes.flatMap(\.demands)).compactMap(\.glass)
  }

  private func knownImpact(_ evidence: Evidence) -> AssumedImpact? {
    commits.last.flatMap { evidence.impacts[ChangeSpan(from: base.commit, to: $0.id)] }.map { .known($0) }
  }

  /// Whom the change takes the say away, where it does nothing else.
  /// - Parameter most: all that could be asked for, whatever the change does.
  func dismissal(_ most: Requirement) -> Dismissal? { Dismissal(self, blockers: Set(most.slots.counts.keys)) }

  private func asked(_ impact: AssumedImpact) -> Requirement {
    MatchedRules(rules(), alterations(), isRevert: isRevert, impact: impact).requirement
  }
}

/// Why a signature would count for nothing, in the same words wherever somebody is about to give one.
public enum Objection {
  /// Nil where the person has one of the roles.
  /// - Parameters:
  ///   - needed: the roles whose word counts; empty where none does.
  ///   - roles: of everyone whose word can count.
  ///   - excluded: people who may not say it whatever their roles, as they made what it is about.
  public static func role(
    _ person: String, _ needed: Set<String>, _ roles: [String: Set<String>], except excluded: Set<String>
  ) -> Diagnostic? {
    guard !needed.isEmpty, needed.isDisjoint(with: roles[person] ?? []) else { return nil }
    let names = needed.sorted { $0.isBytewiseLess(than: $1) }
    let who = Askable(names, roles, except: excluded.contains)
    return Diagnostic(
      "review.no_role",
      "\(person) has none of the required roles (\(names.joined(separator: ", "))), so this signature would not"
        + " count",
      hint: "ask someone who can (\(who.words)); nothing was signed")
  }

  /// - Parameters:
  ///   - what: what the person made.
  ///   - list: the command that says who is missing.
  public static func author(
    _ person: String, of what: String = "this change", list: String = "purser changes"
  ) -> Diagnostic {
    Diagnostic(
      "review.author", "\(person) is an author of \(what), and authors may not approve it",
      hint: "ask someone else; '\(list)' shows who has to approve")
  }

  static func program(_ person: String) -> Diagnostic {
    Diagnostic(
      "review.program", "\(person) is a program, and statements of programs do not count",
      hint: "ask a person; 'purser changes' shows who has to approve")
  }

  static func ownCause(_ person: String) -> Diagnostic {
    Diagnostic(
      "review.own_cause",
      "this change only takes away what \(person) can say, and nobody can block their own removal",
      hint:
        "ask someone else who could approve it to reject it; 'purser changes' shows its state; nothing was signed"
    )
  }

  static let noGlass = Diagnostic(
    "review.no_glass",
    "no rule allows --break-glass here, and no freeze is active",
    hint: "ask for the missing approvals: 'purser changes' shows whose; nothing was signed")

  static let notAsked = Diagnostic(
    "review.not_asked", "no rule requires a review of this change, so no statement about it would count",
    hint: "'purser changes' shows its state; nothing was signed")
}
