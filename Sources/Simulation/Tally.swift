/// What a run went through: without it a green run says nothing.
public struct Tally: Sendable, CustomStringConvertible {
  public var steps = 0
  public var events = 0
  public var eventsApplied = 0
  public var eventsRepeated = 0
  public var eventsWaiting = 0
  public var eventsRefused = 0
  public var commits = 0
  public var pins = 0
  public var plans = 0
  public var fullPlans = 0
  public var actions = 0
  public var claims = 0
  public var routes = 0
  /// Channels that were told again what somebody else had changed.
  public var heals = 0
  public var fights = 0
  /// Runs in which somebody wrote back whatever a channel was told, and how often they did.
  public var duels = 0
  public var duelRounds = 0
  public var observations = 0
  /// Plans applied while regions were named.
  public var regional = 0
  public var fallbacks = 0
  public var holdsExpired = 0
  public var releases = 0
  public var proposals = 0
  public var backorders = 0
  /// Of these, those that wait for goods under way between two nodes.
  public var awaitedTransfers = 0
  public var handedOver = 0
  public var handedOverTransfers = 0
  public var promises = 0
  /// Promises of what nothing covers, because a rule takes supply to be infinite.
  public var beyondTheFence = 0
  public var notices = 0
  public var promisesInTrouble = 0
  /// What was asked for and could not be had, after each apply.
  public var unmet = 0
  public var conflicts = 0
  public var exclusive = 0
  public var crashes = 0
  public var lostAnswers = 0
  public var troubles = 0
  public var refusals = 0
  public var statements = 0
  public var reviewed = 0
  public var impacts = 0
  public var glassBroken = 0
  /// Holds that people let through.
  public var passages = 0
  public var casesClosed = 0

  public init() {}

  public static func += (left: inout Tally, right: Tally) {
    for path in paths.map(\.1) { left[keyPath: path] += right[keyPath: path] }
  }

  private static var paths: [(String, WritableKeyPath<Tally, Int>)] {
    [
      ("steps", \.steps), ("events", \.events), ("applied", \.eventsApplied), ("repeated", \.eventsRepeated),
      ("waiting", \.eventsWaiting), ("refused", \.eventsRefused), ("commits", \.commits), ("pins moved", \.pins),
      ("plans applied", \.plans), ("of these full", \.fullPlans), ("actions", \.actions), ("claims", \.claims),
      ("routes", \.routes), ("told again", \.heals), ("fights", \.fights),
      ("duels", \.duels), ("values written back", \.duelRounds), ("observations", \.observations),
      ("plans by region", \.regional),
      ("fallbacks", \.fallbacks), ("holds expired", \.holdsExpired),
      ("claims taken back", \.releases), ("proposals seen", \.proposals),
      ("backorders", \.backorders), ("of these for transfers", \.awaitedTransfers), ("handed over", \.handedOver),
      ("of these from transfers", \.handedOverTransfers), ("promises", \.promises),
      ("of what nothing covers", \.beyondTheFence),
      ("customers told", \.notices), ("promises in trouble", \.promisesInTrouble),
      ("unmet", \.unmet),
      ("conflicts", \.conflicts), ("exclusive", \.exclusive), ("crashes", \.crashes), ("answers lost", \.lostAnswers),
      ("troubles", \.troubles), ("refusals", \.refusals),
      ("statements", \.statements), ("reviewed", \.reviewed), ("by their impact", \.impacts),
      ("glasses broken", \.glassBroken), ("holds let through", \.passages), ("cases closed", \.casesClosed),
    ]
  }

  public var description: String {
    Self.paths.map { "\(self[keyPath: $0.1]) \($0.0)" }.joined(separator: ", ")
  }
}
