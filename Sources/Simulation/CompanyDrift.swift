import Operations
import TestSupport

extension Company {
  /// What becomes of what others change on channels.
  struct DriftRule: Hashable, Sendable {
    var field: String
    var answer: String
    var target: Target
    /// Nil: on every channel.
    var channel: String?
    /// Nil: in each region.
    var region: String?
    /// Hours; 1, if nil. Never less: what the simulated channels and orders take stays below it.
    var delay: Int?
    var window: Window?

    var document: String {
      "\nfield: \(field)\nanswer: \(answer)" + target.fields + (channel.map { "\nchannels: [\($0)]" } ?? "")
        + (region.map { "\nregion: \($0)" } ?? "") + (delay.map { "\ndelay: \($0)h" } ?? "") + effective(window)
    }

    fileprivate func isOfOneRank(_ other: Self) -> Bool {
      field == other.field && target == other.target && region == other.region
        && (channel == nil) == (other.channel == nil) && (window == nil) == (other.window == nil)
    }
  }

  var driftDocuments: [String] {
    drift.filter { rule in rule.channel.map { name in channels.contains { $0.name == name } } ?? true }
      .enumerated().map { "kind: DriftRule\nname: d\($0)" + $1.document }
  }

  mutating func changeDrift(at now: Instant, _ dice: inout SplitMix64) {
    if dice.chance(30) {
      channels[dice.number(0...(channels.count - 1))].maxPublish = dice.pick([nil, 4, 8, 15])
      return
    }
    let field = dice.pick(["units", "units", "units", "max_publish"])
    var rule = DriftRule(
      field: field,
      answer: dice.pick(["heal", "heal", "heal", "report", "accept", field == "units" ? "heal" : "adopt"]),
      target: .random(&dice), channel: dice.chance(30) ? dice.pick(World.channels) : nil,
      delay: dice.pick([nil, 1, 3]))
    if rule.answer == "accept" || dice.chance(15) {
      rule.window = Window(until: now + TimeSpan(milliseconds: Int64(dice.number(1...6000)) * 60_000))
    }
    if !regions.isEmpty, dice.chance(40) { rule.region = dice.pick(regions).name }
    let isKept = dice.chance(80)
    drift.removeAll { $0.isOfOneRank(rule) }
    if isKept { drift.append(rule) }
  }
}
