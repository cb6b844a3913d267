public import Approvals
public import Digest
public import Operations

/// What the plan comment of a pull request has said since some moment: who approves on the forge after it approves that.
///
/// It is kept in the store, where no forge and nobody's edit of a comment reaches; of the forge's word only the time is taken,
/// as it is of a review.
public struct ShownPlan: Hashable, Sendable {
  public var location: ForgeLocation
  public var pullRequest: Int64
  /// The commit at the head of the pull request, and the policy in force that it was held against.
  public var head: String
  public var base: String
  /// What the change would do, by measure; nil where nothing could be planned: then it covers no figures.
  public var impact: [String: Int64]?
  /// The number of the comment.
  public var comment: Int64
  /// When its text was first there, by the forge's clock.
  public var since: Instant
  public var text: SHA256Digest
  /// Of what it says, without the moment for which it was worked out.
  public var substance: SHA256Digest
  /// Of who must approve.
  public var demands: SHA256Digest
  /// When it was written, by the clock of this machine.
  public var writtenAt: Instant

  public init(
    location: ForgeLocation, pullRequest: Int64, head: String, base: String, impact: [String: Int64]?,
    comment: ForgeComment, substance: SHA256Digest, demands: SHA256Digest, writtenAt: Instant
  ) {
    self.location = location
    self.pullRequest = pullRequest
    self.head = head
    self.base = base
    self.impact = impact
    self.comment = comment.id
    since = comment.changedAt
    text = comment.textDigest
    self.substance = substance
    self.demands = demands
    self.writtenAt = writtenAt
  }

  /// Whether a comment is the one that was written, untouched since.
  public func isShown(by found: ForgeComment) -> Bool {
    found.id == comment && found.changedAt == since && found.textDigest == text
  }

  public var json: JSONValue {
    [
      "type": .string(location.kind.rawValue), "url": .string(location.url),
      "repository": .string(location.repository), "pull_request": .integer(pullRequest), "head": .string(head),
      "base": .string(base), "impact": impact.map { .object($0.mapValues { .integer($0) }) } ?? .null,
      "comment": .integer(comment), "since": .integer(since.milliseconds), "text": .string(text.description),
      "substance": .string(substance.description), "demands": .string(demands.description),
      "written_at": .integer(writtenAt.milliseconds),
    ]
  }

  /// Reads what `json` wrote.
  public init?(json: JSONValue) {
    func digest(_ name: String) -> SHA256Digest? { json[name]?.string.flatMap { SHA256Digest(hex: $0) } }
    func moment(_ name: String) -> Instant? { json[name]?.integer.map { Instant(milliseconds: $0) } }
    guard let kind = json["type"]?.string.flatMap(ForgeKind.init(rawValue:)), let url = json["url"]?.string,
      let repository = json["repository"]?.string, let pullRequest = json["pull_request"]?.integer,
      let head = json["head"]?.string, let base = json["base"]?.string, let comment = json["comment"]?.integer,
      let since = moment("since"), let text = digest("text"), let substance = digest("substance"),
      let demands = digest("demands"), let writtenAt = moment("written_at")
    else { return nil }
    location = ForgeLocation(kind: kind, url: url, repository: repository)
    (self.pullRequest, self.head, self.base, self.comment) = (pullRequest, head, base, comment)
    (self.since, self.text, self.substance, self.demands) = (since, text, substance, demands)
    self.writtenAt = writtenAt
    impact = json["impact"]?.object?.compactMapValues(\.integer)
  }
}

/// What plan comments have said, the oldest first.
public struct ShownPlans: Hashable, Sendable {
  /// How many are kept, and of one pull request: what people approved long ago and nobody merged is approved again.
  static let limit = 400
  static let limitOfOne = 40

  public private(set) var all: [ShownPlan] = []

  public init() {}

  /// What the comment of a pull request said last.
  public func last(of pull: Int64, at location: ForgeLocation) -> ShownPlan? {
    all.last { $0.pullRequest == pull && $0.location == location }
  }

  public mutating func add(_ plan: ShownPlan) {
    all.append(plan)
    let ofOne = all.indices.filter { all[$0].pullRequest == plan.pullRequest && all[$0].location == plan.location }
    if ofOne.count > Self.limitOfOne { all.remove(at: ofOne[0]) }
    if all.count > Self.limit { all.removeFirst() }
  }

  /// Takes back what a comment said last: somebody has edited it, and nobody knows what it said from then on.
  public mutating func forgetLast(of pull: Int64, at location: ForgeLocation) {
    if let index = all.lastIndex(where: { $0.pullRequest == pull && $0.location == location }) { all.remove(at: index) }
  }

  /// What somebody was told who approved a pull request's head at a moment; nil where the comment said nothing of this head
  /// before, or no figures. What is written in the same moment, nobody had read yet.
  public func impact(told time: Instant, of pull: Int64, head: String, at location: ForgeLocation) -> [String: Int64]? {
    let last = all.filter { $0.pullRequest == pull && $0.location == location && $0.since < time }
      .max { $0.since < $1.since }
    return last.flatMap { $0.head == head ? $0.impact : nil }
  }

  public var json: JSONValue { .array(all.map(\.json)) }

  /// Reads what `json` wrote; what cannot be read covers nothing and is left out.
  public init(json: JSONValue) { all = (json.array ?? []).compactMap { ShownPlan(json: $0) } }
}
