import Approvals
import Operations
import Reconciling
import TestSupport
import Testing

@testable import Simulation

/// What the simulator takes for the truth about judging.
@Suite struct OracleTests {
  /// The policy in force where some companies were committed one after the other, by the judge and by the oracle.
  private static func pins(_ companies: [(Company, by: Signer)]) throws -> (judge: String, oracle: String) {
    let simulation = Simulation(seed: 1)
    simulation.git = MemoryGit(root: companies[0].0)
    for (company, signer) in companies.dropFirst() {
      simulation.git.head = simulation.git.commit(company, by: signer, on: simulation.git.head)
    }
    let head = try #require(simulation.git.head)
    let outcome = try simulation.judge(pin: nil, head: MemoryGit.id(of: head), Evidence(at: World.start))
    guard case .judged(let judged) = outcome else {
      Issue.record("\(outcome)")
      return ("", "")
    }
    let oracle = Oracle(
      git: simulation.git, reviews: ReviewOracle(said: [], now: World.start, impact: { _, _ in nil }))
    return (judged.judgement.pin.commit, MemoryGit.id(of: try oracle.answer(pin: 0, version: 1, head: head).pin))
  }

  /// Seed 701248: a revert of two commits at once touched the words of one and the rules of the other.
  @Test func peopleAndRulesStandBesideNoFileAtAll() throws {
    var words = Company()
    words.remark = 1
    var both = words
    both.knowsCara = true
    both.remark = 0
    let pins = try Self.pins([(Company(), by: .ada), (words, by: .ada), (both, by: .ada)])
    #expect(pins == (MemoryGit.id(of: 1), MemoryGit.id(of: 1)))
  }

  /// Seed 710094: Ben may not say that a supplier is learnt from, and Ada's next commit takes it back; what would be learnt
  /// daily, if anything were, stands in no file.
  @Test func whatStandsInNoFileIsNobodysChange() throws {
    var learning = Company()
    (learning.learns, learning.learnsDaily) = (true, true)
    var after = learning
    after.learns = false
    after.channels[0].minPublish = 3
    let pins = try Self.pins([(Company(), by: .ada), (learning, by: .ben), (after, by: .ada)])
    #expect(pins == (MemoryGit.id(of: 2), MemoryGit.id(of: 2)))
  }

  /// The oracle sees a difference wherever the files show one, and nowhere else.
  @Test(arguments: Topic.allCases.filter { $0 != .fault })
  func companiesDifferWhereTheirFilesDo(by topic: Topic) {
    for seed in 0..<8 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      var companies = [Company.random(at: World.start, &random)]
      for _ in 0..<8 {
        var next = random.pick(companies).changed(topic, at: World.start, &random)
        if random.chance(20) { next.review = next.review == nil ? .random(&random) : nil }
        if random.chance(20) { next.guards = next.guards == nil ? .random(&random) : nil }
        if random.chance(20) { next.changeDrift(at: World.start, &random) }
        companies.append(next)
      }
      let files = companies.map(\.files)
      for one in companies.indices {
        for other in companies.indices where other > one {
          let areas = companies[one].areasThatDiffer(from: companies[other])
          #expect(
            areas.isEmpty == (files[one] == files[other]), "seed \(seed), companies \(one) and \(other): \(areas)")
        }
      }
    }
  }
}
