import DesiredState
import DesiredStateFiles
import Git
import Operations
import Planning

/// The policies that decisions were made by, and which commit has changed a value since.
final class PastPolicies {
  /// A value that the policy in force has in another way, and what brought it.
  struct Change {
    /// What stands there now; nil where nothing does any more.
    var now: PolicyPlaces.Place?
    var subject: String
    /// The last commit that changed it; nil where that cannot be told, or no commit did, but a time that began or ended.
    var commit: String?
    /// Whether both policies are of one commit.
    var isByTime: Bool

    private var value: String { now?.words ?? "\(subject) is no longer set" }

    var words: String {
      let by = commit.map { ", changed in commit \($0.prefix(10))" } ?? (isByTime ? ", by the times it holds for" : "")
      return value + by + (now.map { "    # \($0.location)" } ?? "")
    }

    var json: JSONValue {
      [
        "value": .string(value), "location": JSONValue(now?.location),
        "commit": JSONValue(commit),
      ]
    }
  }

  let inForce: PolicyPlaces
  /// Nil before the first cycle.
  private let commit: ObjectID?
  private let repository: Repository
  private let loader: StateLoader
  private var states: [ObjectID: DesiredState?] = [:]

  init(_ repository: Repository, inForce: PolicyPlaces, at commit: String?) {
    self.repository = repository
    self.inForce = inForce
    self.commit = commit.flatMap { ObjectID($0) }
    loader = StateLoader(repository: repository)
  }

  var current: DecidingPolicy { DecidingPolicy(past: self, then: inForce, origin: .inForce) }

  /// The policy that something was decided by.
  /// - Parameters:
  ///   - commit: as the store keeps it.
  ///   - moment: when it was decided, since resources hold for a time.
  func policy(of commit: String?, at moment: Instant) throws -> DecidingPolicy {
    guard let commit else { return DecidingPolicy(past: self, then: inForce, origin: .unkept) }
    guard let id = ObjectID(commit), let state = try state(at: id) else {
      return DecidingPolicy(past: self, then: inForce, origin: .missing(commit))
    }
    let origin = id == self.commit ? DecidingPolicy.Origin.inForce : .past(id)
    return DecidingPolicy(past: self, then: PolicyPlaces(state, at: moment), origin: origin)
  }

  /// - Returns: nil where the repository does not hold the commit, or what it says cannot be used.
  private func state(at commit: ObjectID) throws -> DesiredState? {
    if commit == self.commit { return inForce.state }
    if let known = states[commit] { return known }
    let state = repository.contains(commit) ? try loader.load(commit) : nil
    let usable = state.flatMap { $0.isUsable ? $0.state : nil }
    states[commit] = .some(usable)
    return usable
  }

  /// How the policy in force differs from one before in the values of some places.
  /// - Parameter base: its commit; nil where it is that of the policy in force.
  func changes(
    from then: PolicyPlaces, at base: ObjectID?, _ places: (PolicyPlaces) -> [PolicyPlaces.Place]
  ) throws -> [Change] {
    let (old, new) = (places(then), places(inForce))
    let changed = new.filter { place in !old.contains { $0.words == place.words } }
    let gone = old.filter { place in !new.contains { $0.subject == place.subject } }
    return try changed.map { place in
      let before = old.filter { $0.subject == place.subject }
      return Change(
        now: place, subject: place.subject,
        commit: try origin(of: place.subject, since: base, files: [place.file] + before.map(\.file), places),
        isByTime: base == nil)
    }
      + gone.map { place in
        Change(
          now: nil, subject: place.subject,
          commit: try origin(of: place.subject, since: base, files: [place.file], places), isByTime: base == nil)
      }
  }

  /// The last commit that changed what is said of a subject; commits that leave the files alone need no look.
  private func origin(
    of subject: String, since base: ObjectID?, files: [String], _ places: (PolicyPlaces) -> [PolicyPlaces.Place]
  ) throws -> String? {
    guard let base, let commit, base != commit, let line = try repository.firstParentLine(from: base, to: commit) else {
      return nil
    }
    func words(_ policy: PolicyPlaces) -> [String] { places(policy).filter { $0.subject == subject }.map(\.words) }
    let now = words(inForce)
    for (commit, parent) in zip(line, [base] + line).reversed() {
      guard try blobs(files, in: commit) != blobs(files, in: parent), let before = try state(at: parent) else {
        continue
      }
      if words(PolicyPlaces(before, at: inForce.now)) != now { return commit.description }
    }
    return nil
  }

  private func blobs(_ files: [String], in commit: ObjectID) throws -> [ObjectID?] {
    let root = try repository.commit(commit).tree
    return try files.map { try repository.entry(at: $0, inTree: root)?.id }
  }
}

/// The policy that something was decided by, held against the one in force.
struct DecidingPolicy {
  enum Origin {
    case inForce
    case past(ObjectID)
    /// The repository does not hold the commit.
    case missing(String)
    /// The store does not say which it was.
    case unkept
  }

  fileprivate let past: PastPolicies
  /// As it was at that time; the one in force where that cannot be told.
  fileprivate let then: PolicyPlaces
  fileprivate let origin: Origin

  fileprivate init(past: PastPolicies, then: PolicyPlaces, origin: Origin) {
    self.past = past
    self.then = then
    self.origin = origin
  }

  var places: PolicyPlaces { then }

  /// Where the policy is not the one in force: which it is, as it follows the time of the decision.
  var note: String {
    switch origin {
    case .inForce: ""
    case .past(let commit): " by policy commit \(commit.description.prefix(10))"
    case .missing(let commit):
      " by policy commit \(commit.prefix(10)), which cannot be read here (locations are today's)"
    case .unkept: " by a policy whose commit was not recorded by an older Purser (locations are today's)"
    }
  }

  func field(_ kind: Kind, _ name: String, _ field: String) -> Field? { then.field(kind, name, field) }

  /// A sentence with the values that it rested on, and what is said otherwise since.
  func point(_ text: String, _ places: (PolicyPlaces) -> [PolicyPlaces.Place]) throws -> OrderStory.Point {
    switch origin {
    case .missing, .unkept: return OrderStory.Point(text: text, because: places(then))
    case .inForce:
      return OrderStory.Point(
        text: text, because: places(then), since: try past.changes(from: then, at: nil, places))
    case .past(let commit):
      return OrderStory.Point(
        text: text, because: places(then), commit: commit.description,
        since: try past.changes(from: then, at: commit, places))
    }
  }
}
