import Operations

/// Knows which commits may take effect, from who made them and what they touch: written apart from the judge, on the
/// model instead of the files.
struct Oracle {
  let git: MemoryGit

  struct Answer: Hashable {
    var pin: Int
    var version: Int64
    var isRefused: Bool
  }

  /// Where the policy must stand when the branch is at `head` and the policy was at `pin`.
  func answer(pin: Int, version: Int64, head: Int) -> Answer {
    var answer = Answer(pin: pin, version: version, isRefused: false)
    guard var rest = git.line(after: pin, to: head)?[...] else {
      answer.isRefused = true
      return answer
    }
    while !rest.isEmpty {
      let end = rest.indices.first { end in
        git.tree(rest[end]) == git.tree(answer.pin)
          || mayTakeEffect(Array(rest[...end]), from: answer.pin, to: rest[end])
      }
      guard let end else {
        answer.isRefused = true
        return answer
      }
      answer.version += isGovernance(from: answer.pin, to: rest[end]) ? 1 : 0
      answer.pin = rest[end]
      rest = rest[(end + 1)...]
    }
    return answer
  }

  private func company(_ index: Int) -> Company { git.commits[index].company }

  private func mayTakeEffect(_ commits: [Int], from: Int, to: Int) -> Bool {
    let (before, after) = (company(from), company(to))
    let touched = before.areasThatDiffer(from: after)
    guard after.isValid, !(touched.contains(.governance) && touched.contains { $0.isOperations }) else {
      return false
    }
    return commits.allSatisfy { index in
      switch git.commits[index].signer {
      case .ada: true
      case .ben: before.benIsMerchant && touched.isSubset(of: [.channels, .protections])
      case .cara, .stranger, .nobody, .forger: false
      }
    }
  }

  private func isGovernance(from: Int, to: Int) -> Bool {
    company(from).areasThatDiffer(from: company(to)).contains(.governance)
  }
}

/// The parts of a repository that are judged apart.
enum Area: Hashable {
  case governance, channels, protections, tiers, safetyStock, fallbacks, nodes, regions, shipping, suppliers,
    replenishment
  case backorders, integrations, words

  var isOperations: Bool { self != .governance && self != .words }
}

extension Company {
  /// Two rules of a channel that are equally specific must not hold at the same time.
  var isValid: Bool {
    fault == nil && !reviewsSuppliers
      && channels.allSatisfy { channel in
        guard let window = channel.window, let surge = channel.surge else { return true }
        return !window.overlaps(surge.window)
      }
  }

  func areasThatDiffer(from other: Company) -> Set<Area> {
    let isSame: [(Area, Bool)] = [
      (.governance, isEnforced == other.isEnforced && knowsCara == other.knowsCara),
      (.governance, benIsMerchant == other.benIsMerchant && reviewsSuppliers == other.reviewsSuppliers),
      (.channels, channels == other.channels), (.protections, protections == other.protections),
      (.tiers, tiers.documents == other.tiers.documents), (.safetyStock, safetyStock == other.safetyStock),
      (.nodes, nodes == other.nodes), (.fallbacks, fallbacks == other.fallbacks),
      (.shipping, shipping == other.shipping), (.regions, regions == other.regions),
      (.suppliers, confidence == other.confidence && learns == other.learns),
      (.integrations, supplySource == other.supplySource), (.replenishment, replenishment == other.replenishment),
      (.backorders, backorders == other.backorders), (.words, remark == other.remark),
    ]
    return Set(isSame.filter { !$0.1 }.map(\.0))
  }
}
