import ActualState
import DesiredState
import Operations
import Planning

/// One order, told in the order in which things were decided: what it asked for, what covers it, where it ships from,
/// when it arrives and what it waits for.
struct OrderStory {
  let facts: OrderFacts
  let policy: PolicyPlaces
  let standing: PolicyStanding
  /// Nil for a cart.
  let explanation: OrderExplanation?

  /// A sentence, and the values of the policy that it rests on.
  struct Point {
    var text: String
    var because: [PolicyPlaces.Place] = []
  }

  struct Chapter {
    var name: String
    var title: String
    var points: [Point]
  }

  var chapters: [Chapter] {
    [
      Chapter(name: "asked", title: "It asked for", points: asked),
      Chapter(name: "covered", title: "What covers it", points: covered),
      Chapter(name: "routed", title: "Where it ships from", points: facts.routes.flatMap(routed)),
      Chapter(name: "promised", title: "What was promised", points: promised),
      Chapter(name: "waits", title: "What it waits for", points: waits),
    ].filter { !$0.points.isEmpty }
  }

  private var heading: String {
    let order = facts.order
    var words =
      order.order.isCart
      ? "\(order.order): a cart, last told of \(order.placedAt) on \(order.channel)"
      : "\(order.order): \(OrderStatus(facts.lines).rawValue), placed \(order.placedAt) on \(order.channel)"
    if !order.region.isEmpty { words += " for \(order.region)" }
    return words + (standing.commit.map { "; policy commit \($0.prefix(10))" } ?? "; no cycle has run yet")
  }

  var text: String {
    var lines = [heading]
    for chapter in chapters {
      lines += ["", chapter.title]
      for point in chapter.points {
        lines.append("  " + point.text)
        lines += point.because.map { "      \($0.words)    # \($0.location)" }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "order": .string(facts.order.order.rawValue), "channel": .string(facts.order.channel.rawValue),
      "region": .string(facts.order.region), "placed_at": .string(facts.order.placedAt.description),
      "status": .string(OrderStatus(facts.lines).rawValue), "policy_commit": JSONValue(standing.commit),
      "routes": .array(
        facts.routes.map { row in
          guard case .object(var members) = row.decision.json else { return .null }
          members["number"] = .integer(row.number)
          members["decided_at"] = .string(row.decidedAt.description)
          return .object(members)
        }),
    ]
    members["chapters"] = .array(
      chapters.map { chapter in
        [
          "name": .string(chapter.name),
          "points": .array(
            chapter.points.map { point in
              ["text": .string(point.text), "because": .array(point.because.map(\.json))]
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

  private static func cause(_ kind: String, _ words: String, _ places: [PolicyPlaces.Place]) -> JSONValue {
    ["kind": .string(kind), "text": .string(words), "because": .array(places.map(\.json))]
  }

  // MARK: What it asked for and what covers it

  private var asked: [Point] {
    facts.lines.map { line in
      var words = "line \(line.line): \(line.ordered) of \(line.sku)"
      if line.shipped > 0 { words += ", \(line.shipped) shipped" }
      if line.cancelled > 0 { words += ", \(line.cancelled) cancelled" }
      if line.open > 0 { words += ", \(line.open) covered by nothing" }
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
    case .protected(let channel): "what is protected for \(channel)"
    case .shared: "the shared pool"
    case .inbound(let order, let line): "what is to come by \(order)/\(line)"
    case .transfer(let transfer, let line): "what is under way by \(transfer)/\(line)"
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
  func part(of sku: SKU) -> CatalogPart {
    policy.state.part(of: facts.traits[sku] ?? ItemTraits(), sku: sku, to: facts.order.region, at: policy.now)
  }

  // MARK: When it arrives

  private var promised: [Point] {
    facts.lines.compactMap { line -> Point? in
      guard line.unshipped > 0, let at = line.promisedAt else { return nil }
      let parcels = facts.routes.flatMap(\.decision.parcels).filter { parcel in
        parcel.arrivesAt == at && parcel.lines.contains { $0.line.isBytewiseEqual(to: line.line) }
      }
      guard let parcel = parcels.last else {
        return Point(text: "line \(line.line) for \(at)", because: promisePlaces(of: line))
      }
      return Point(
        text: "line \(line.line) for \(at): it leaves \(parcel.node) at \(parcel.leavesAt) and is on its way for "
          + "\(parcel.arrivesAt - parcel.leavesAt)",
        because: policy.places(.node, parcel.node.rawValue, ["calendar", "cut_off", "processing_time"])
          + policy.places(.lane, parcel.lane, ["transit"]))
    } + told
  }
}
