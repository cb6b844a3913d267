import ActualState
import DesiredState
import Operations
import Planning

/// One order, told in the order in which things were decided: what it asked for, what covers it, where it ships from,
/// when it arrives and what it waits for.
struct OrderStory {
  let facts: OrderFacts
  /// The policies that decisions were made by, and the one in force.
  let past: PastPolicies
  let standing: PolicyStanding
  /// Nil for a cart.
  let explanation: OrderExplanation?

  var policy: PolicyPlaces { past.inForce }

  /// A sentence, and the values of the policy that it rests on.
  struct Point {
    var text: String
    var because: [PolicyPlaces.Place] = []
    /// The commit of these values; nil where that is the one in force.
    var commit: String?
    /// What the policy in force has of them in another way.
    var since: [PastPolicies.Change] = []
  }

  struct Chapter {
    var name: String
    var title: String
    var points: [Point]
  }

  func chapters() throws -> [Chapter] {
    try [
      Chapter(name: "asked", title: "It asked for", points: asked),
      Chapter(name: "covered", title: "What covers it", points: covered),
      Chapter(name: "routed", title: "Where it ships from", points: zip(facts.routes, facts.holding).flatMap(routed)),
      Chapter(name: "promised", title: "What was promised", points: promised()),
      Chapter(name: "waits", title: "What it waits for", points: waits),
    ].filter { !$0.points.isEmpty }
  }

  private var heading: String {
    let order = facts.order
    var words =
      order.order.isCart
      ? "\(order.order): a cart, last updated \(order.placedAt) on \(order.channel)"
      : "\(order.order): \(OrderStatus(facts.lines).rawValue), placed \(order.placedAt) on \(order.channel)"
    if !order.region.isEmpty { words += " for \(order.region)" }
    return words + (standing.commit.map { "; policy commit \($0.prefix(10))" } ?? "; no cycle has run yet")
  }

  /// More points of a chapter than these nobody reads; as JSON there are all of them.
  private static let shownPoints = 60

  var text: String {
    get throws {
      var lines = [heading]
      for chapter in try chapters() {
        lines += ["", chapter.title]
        for point in chapter.points.prefix(Self.shownPoints) {
          lines.append("  " + point.text)
          let commit = point.commit.map { "@" + $0.prefix(10) } ?? ""
          lines += point.because.map { "      \($0.words)    # \($0.location)\(commit)" }
          lines += point.since.map { "      since then: \($0.words)" }
        }
        let hidden = chapter.points.count - Self.shownPoints
        if hidden > 0 { lines.append("  … and \(hidden) more (-o json shows all)") }
      }
      return lines.joined(separator: "\n") + "\n"
    }
  }

  var json: JSONValue {
    get throws {
      var members: [String: JSONValue] = [
        "order": .string(facts.order.order.rawValue), "channel": .string(facts.order.channel.rawValue),
        "region": .string(facts.order.region), "placed_at": .string(facts.order.placedAt.description),
        "status": .string(OrderStatus(facts.lines).rawValue), "policy_commit": JSONValue(standing.commit),
        "routes": .array(
          facts.routes.map { row in
            guard case .object(var members) = row.decision.json else { return .null }
            members["number"] = .integer(row.number)
            members["decided_at"] = .string(row.decidedAt.description)
            members["policy_commit"] = JSONValue(row.policy)
            return .object(members)
          }),
      ]
      members["chapters"] = .array(
        try chapters().map { chapter in
          [
            "name": .string(chapter.name),
            "points": .array(
              chapter.points.map { point in
                [
                  "text": .string(point.text), "because": .array(point.because.map(\.json)),
                  "policy_commit": JSONValue(point.commit ?? standing.commit), "since": .array(point.since.map(\.json)),
                ]
              }),
          ]
        })
      members["uncovered"] = .array(
        (explanation?.uncovered ?? []).map { one in
          [
            "line": .string(one.line), "sku": JSONValue(one.sku), "units": .integer(one.units),
            "causes": .array(
              one.obstacles.map { Self.cause($0.kind, $0.words, $0.places(in: policy, for: one.part)) }),
          ]
        })
      if let unsent = explanation?.unsent {
        members["unsent"] = [
          "units": .integer(unsent.units),
          "causes": .array(unsent.obstacles.map { Self.cause($0.kind, $0.words, $0.places(in: policy)) }),
        ]
      }
      return .object(members)
    }
  }

  private static func cause(_ kind: String, _ words: String, _ places: [PolicyPlaces.Place]) -> JSONValue {
    ["kind": .string(kind), "text": .string(words), "because": .array(places.map(\.json))]
  }

  // MARK: What it asked for and what covers it

  private var asked: [Point] {
    facts.lines.map { line in
      var words = "line \(line.line): \(line.ordered) of \(line.sku)"
      if line.shipped > 0 { words += ", \(line.shipped) shipped" }
      if line.cancelled > 0 { words += ", \(line.cancelled) cancelled" }
      if line.open > 0 { words += ", \(line.open) not covered" }
      return Point(text: words)
    }
  }

  private var covered: [Point] {
    facts.claims.map { claim in
      var words = "line \(claim.line): \(claim.quantity) from \(Self.words(claim.pool))"
      if !claim.region.isEverywhere { words += " of \(claim.region)" }
      words += ", claimed \(claim.claimedAt)"
      if let expires = claim.expiresAt {
        words += ", until \(expires) unless it is \(claim.order.isCart ? "ordered" : "paid")"
      }
      words += claim.node.map { ", at \($0)" } ?? (claim.pool.isInbound ? waitingWords(of: claim) : ", on no node yet")
      return Point(text: words, because: reason(for: claim))
    }
  }

  private static func words(_ pool: Pool) -> String {
    switch pool {
    case .protected(let channel): "the protection of \(channel)"
    case .shared: "the shared pool"
    case .inbound(let order, let line): "purchase order line \(order)/\(line)"
    case .transfer(let transfer, let line): "transfer line \(transfer)/\(line)"
    }
  }

  private func reason(for claim: ClaimRow) -> [PolicyPlaces.Place] {
    if claim.pool.isInbound { return backorderPlaces(of: claim) }
    let channel = claim.channel.rawValue
    var places = policy.places(.channel, channel, ["reserve_at", "may_use_shared", "tier"])
    if claim.pool.isProtected {
      places += policy.protections(of: claim.channel, for: part(of: claim.sku))
    }
    if !claim.region.isEverywhere {
      places += policy.places(.region, claim.region.rawValue, ["nodes", "destinations", "takes_others"])
    }
    return places
  }

  /// An item as resources narrow themselves for the order's destination.
  func part(of sku: SKU) -> CatalogPart { part(of: sku, policy) }

  func part(of sku: SKU, _ policy: PolicyPlaces) -> CatalogPart {
    policy.state.part(of: facts.traits[sku] ?? ItemTraits(), sku: sku, to: facts.order.region, at: policy.now)
  }

  // MARK: When it arrives

  private func promised() throws -> [Point] {
    let parcels = facts.parcelsByLine
    let claims = Dictionary(grouping: facts.claims.filter(\.pool.isInbound)) { Array($0.line.utf8) }
    let promises = Dictionary(grouping: facts.promises) { Array($0.line.utf8) }
    return try facts.lines.compactMap { line -> Point? in
      guard line.unshipped > 0, let at = line.promisedAt else { return nil }
      let key = Array(line.line.utf8)
      guard let (row, parcel) = parcels[key]?.last(where: { $0.parcel.arrivesAt == at }) else {
        let row = promises[key]?.last { $0.promisedAt == at }
        let then = try row.map { try past.policy(of: $0.policy, at: $0.decidedAt) } ?? past.current
        if let fence = fence(of: line, promisedFor: at, then.places) {
          return try then.point(
            "line \(line.line) for \(at)\(then.note): no goods are to bring it, and anything can be had \(fence) after an "
              + "order"
          ) { fencePlaces(of: line, $0) }
        }
        return try then.point("line \(line.line) for \(at)\(then.note)") {
          promisePlaces(of: line, waiting: claims[key] ?? [], $0)
        }
      }
      return try past.policy(of: row.policy, at: row.decidedAt).point(
        "line \(line.line) for \(at): it leaves \(parcel.node) at \(parcel.leavesAt) and is in transit for "
          + "\(parcel.arrivesAt - parcel.leavesAt)"
      ) { policy in
        policy.places(.node, parcel.node.rawValue, ["calendar", "cut_off", "processing_time"])
          + policy.places(.lane, parcel.lane, ["transit"])
      }
    } + told
  }
}
