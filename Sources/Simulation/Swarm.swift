import TestSupport

/// What can happen in a step.
enum Move: Int, CaseIterable {
  case event, commit, wake, run, cycle, fail, loseAnswer, repeatAnswer, delayAnswer, crash, clock, branch
}

/// How often what happens, other for every seed, so that rare mixtures are met too.
struct Swarm {
  var moves: [Int]
  var topics: [Int]
  var signers: [Int]
  var events: EventPolicy
  /// A step of the clock, in minutes.
  var minutes: [Int]

  init(_ random: inout SplitMix64) {
    let weights = [40, 8, 10, 40, 8, 2, 2, 3, 6, 1, 8, 2]
    moves = weights.map { weight in random.chance(15) ? 0 : weight * random.number(1...3) }
    // Without these nothing ever happens.
    moves[Move.event.rawValue] = max(moves[Move.event.rawValue], 20)
    moves[Move.run.rawValue] = max(moves[Move.run.rawValue], 20)
    topics = Topic.allCases.map { topic in
      let weight = [.mode, .mixed, .fault, .words].contains(topic) ? 1 : 4
      return random.chance(25) ? 0 : weight * random.number(1...3)
    }
    signers = random.chance(30) ? [1, 0, 0, 0, 0, 0] : [30, 6, 1, 1, 2, 1]
    events = EventPolicy(&random)
    minutes = random.pick([[1, 7], [1, 7, 50], [1, 50, 300, 2000], [50, 300, 1500, 9000]])
  }
}
