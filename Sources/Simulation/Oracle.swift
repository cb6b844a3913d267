import DesiredStateFiles
import Operations
import Planning

/// Knows which commits may take effect, from who made them and what they touch: written apart from the judge, on the
/// model instead of the files.
struct Oracle {
  let git: MemoryGit
  let reviews: ReviewOracle

  struct Answer: Hashable {
    var pin: Int
    var version: Int64
    var isRefused: Bool
  }

  /// Where the policy must come to stand when the branch is at `head` and the policy is at `pin`.
  func answer(pin: Int, version: Int64, head: Int) throws -> Answer {
    try answers(pin: pin, version: version, head: head).last
      ?? Answer(pin: pin, version: version, isRefused: false)
  }

  /// Where the policy may stand on its way there: what depends on its impact waits for what comes before it.
  func answers(pin: Int, version: Int64, head: Int) throws -> [Answer] {
    var answers = [Answer(pin: pin, version: version, isRefused: false)]
    guard var rest = git.line(after: pin, to: head)?[...] else {
      answers[0].isRefused = true
      return answers
    }
    var answer = answers[0]
    while !rest.isEmpty {
      // What was rejected on the way holds up what still brings it.
      var earlier: [Int] = []
      let end = try rest.indices.first { end in
        let (commits, to) = (Array(rest[...end]), rest[end])
        if git.tree(to) == git.tree(answer.pin) { return true }
        let isEnough = try reviews.isEnough(git, commits, from: answer.pin, to: to, version: answer.version)
        let isHeldUp = try earlier.contains { other in
          try git.carries(to, anythingOf: other, from: answer.pin)
            && reviews.holdsUp(git, rejected: other, commits, from: answer.pin, to: to, version: answer.version)
        }
        earlier.append(to)
        return isEnough && !isHeldUp && mayTakeEffect(commits, from: answer.pin, to: to)
      }
      guard let end else {
        answers[answers.count - 1].isRefused = true
        return answers
      }
      answer.version += isGovernance(from: answer.pin, to: rest[end]) ? 1 : 0
      answer.pin = rest[end]
      answers.append(answer)
      rest = rest[(end + 1)...]
    }
    return answers
  }

  private func company(_ index: Int) -> Company { git.commits[index].company }

  private func mayTakeEffect(_ commits: [Int], from: Int, to: Int) -> Bool {
    let (before, after) = (company(from), company(to))
    let touched = before.areasThatDiffer(from: after)
    // Who may change what is changed beside nothing else, not even words.
    guard after.isValid, !touched.contains(.governance) || touched.count == 1 else { return false }
    // One of several channels must hold on without an end.
    func lasting(_ company: Company) -> Int {
      company.channels.count { channel in
        ([channel.window ?? .always] + (channel.surge.map { [$0.window] } ?? [])).contains {
          $0.until == nil && $0.from ?? .distantPast <= reviews.now
        }
      }
    }
    guard lasting(before) < 2 || lasting(after) > 0 else { return false }
    let isSigned = commits.allSatisfy { index in
      switch git.commits[index].signer {
      case .ada: true
      case .ben: before.benIsMerchant && touched.isSubset(of: [.channels, .protections])
      case .cara, .stranger, .nobody, .forger: false
      }
    }
    return isSigned
  }

  private func isGovernance(from: Int, to: Int) -> Bool {
    company(from).areasThatDiffer(from: company(to)).contains(.governance)
  }
}

/// The parts of a repository that are judged apart.
enum Area: Hashable {
  case governance, channels, protections, tiers, safetyStock, fallbacks, nodes, regions, shipping, suppliers,
    replenishment
  case backorders, drift, integrations, words
}

extension Simulation {
  /// The oracle for what was said up to some point.
  func oracle(heard: Int, at now: Instant, on snapshot: Snapshot) -> Oracle {
    Oracle(
      git: git,
      reviews: ReviewOracle(said: Array(said.prefix(heard)), now: now) { [self] from, to in
        try impact(from: from, to: to, on: snapshot, at: now)
      })
  }

  /// What a change would do, by measure; nil where one of its ends has errors.
  func impact(from: Int, to: Int, on snapshot: Snapshot, at now: Instant) throws -> [String: Int64]? {
    let (before, after) = (git.load(from), git.load(to))
    guard before.isUsable, after.isUsable else { return nil }
    let impact = Impact(of: after.state, inPlaceOf: before.state, on: snapshot, now: now)
    return Dictionary(uniqueKeysWithValues: ImpactMeasures.Measure.allCases.map { ($0.rawValue, impact.measures[$0]) })
  }
}

extension Company {
  /// Two rules of a channel that are equally specific must not hold at the same time, and each channel must be able to
  /// show something.
  var isValid: Bool {
    fault == nil && !reviewsSuppliers
      && channels.allSatisfy { channel in
        guard let most = channel.maxPublish else { return true }
        guard channel.mayUseShared, case .fixed(let held)? = channel.buffer else { return channel.minPublish <= most }
        return held < most && channel.minPublish <= most - held
      }
      && channels.allSatisfy { channel in
        guard let window = channel.window, let surge = channel.surge else { return true }
        return !window.overlaps(surge.window)
      }
  }

  func areasThatDiffer(from other: Company) -> Set<Area> {
    let isSame: [(Area, Bool)] = [
      // A company that only observes does not write down what it would hold.
      (.governance, modeField == other.modeField && knowsCara == other.knowsCara),
      (.governance, benIsMerchant == other.benIsMerchant && reviewsSuppliers == other.reviewsSuppliers),
      (.governance, review == other.review && guards?.fields == other.guards?.fields),
      (.channels, channels == other.channels), (.protections, protections == other.protections),
      (.tiers, tiers.documents == other.tiers.documents), (.safetyStock, safetyStock == other.safetyStock),
      (.nodes, nodes == other.nodes), (.fallbacks, fallbacks == other.fallbacks),
      (.shipping, shipping == other.shipping), (.regions, regions == other.regions),
      (
        .suppliers,
        // A company that does not learn does not write down what it would learn.
        confidence == other.confidence && learns == other.learns
          && (learns && learnsDaily) == (other.learns && other.learnsDaily)
      ),
      (.integrations, supplySource == other.supplySource), (.replenishment, replenishment == other.replenishment),
      (.backorders, backorders == other.backorders), (.drift, driftDocuments == other.driftDocuments),
      (.words, remark == other.remark),
    ]
    return Set(isSame.filter { !$0.1 }.map(\.0))
  }
}
