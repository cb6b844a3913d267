import ActualState
import DesiredState
import Operations
import Planning
import Reports

// What an order waits for, and the causes.
extension OrderStory {
  var waits: [Point] {
    guard !facts.order.order.isCart else { return cart }
    let uncovered = explanation?.uncovered ?? []
    var points = uncovered.flatMap(words)
    points += facts.claims.compactMap(payment)
    if let unsent = explanation?.unsent { points += words(unsent) }
    let told = Set(points.map(\.text))
    points += facts.cases.map { one in
      let known: Set<Case.Kind> = [.shortage, .unroutable, .unknownChannel, .unknownRegion]
      let isTold = known.contains(one.what.kind) || told.contains("- it \(one.what.detail)")
      let detail = isTold ? "" : ": \(one.what.detail)"
      return Point(text: "case \(one.what.kind.rawValue) of \(one.what.subject), open since \(one.since)\(detail)")
    }
    return points + pending + (points.isEmpty ? [] : refused)
  }

  private func words(_ uncovered: OrderExplanation.Uncovered) -> [Point] {
    let heading = Point(text: "line \(uncovered.line): \(uncovered.units) of \(uncovered.sku) are not covered:")
    return [heading]
      + uncovered.obstacles.map { Point(text: "- \($0.words)", because: $0.places(in: policy, for: uncovered.part)) }
  }

  private func words(_ unsent: OrderExplanation.Unsent) -> [Point] {
    [Point(text: "\(unsent.units) units are covered but not routed to a node:")]
      + unsent.obstacles.flatMap { obstacle in
        [Point(text: "- \(obstacle.words)", because: obstacle.places(in: policy))] + loads(obstacle)
      }
  }

  /// What the nodes have to do already whose days are full.
  private func loads(_ obstacle: RoutingObstacle) -> [Point] {
    guard case .labour(let nodes) = obstacle else { return [] }
    return facts.loads.filter { nodes.contains($0.node) }.map {
      Point(text: "  \($0.node) is to ship \($0.units) units on \($0.day)")
    }
  }

  /// A claim that runs out is not sent.
  private func payment(_ claim: ClaimRow) -> Point? {
    guard let expires = claim.expiresAt else { return nil }
    return Point(
      text: "line \(claim.line): \(claim.quantity) of \(claim.sku) are held until \(expires), waiting for payment",
      because: policy.places(.channel, claim.channel.rawValue, ["hold_ttl"]))
  }

  /// What a plan would do about it now, and why that is not done.
  private var pending: [Point] {
    guard let planned = explanation?.planned, !planned.isEmpty else { return [] }
    let sentences = planned.map { Point(text: "  \($0.sentence)") }
    let repository = policy.state.repository?.key.name ?? ""
    let mode = policy.places(.repository, repository, ["mode"])
    switch standing.mode {
    case .observe:
      return [Point(text: "allocation is in observe mode, so this is not done:", because: mode)] + sentences
    case .propose:
      let hold = standing.hold.map { " as hold \($0.number)" } ?? ""
      return [
        Point(
          text: "allocation is in propose mode, so this is waiting for approval\(hold) (`purser get held`):",
          because: mode)
      ] + sentences
    case .enforce:
      guard let hold = standing.hold, hold.cause == .limits else {
        return [Point(text: "the next cycle will do this:")] + sentences
      }
      let limits = policy.places(.repository, repository, ["limits"])
      let words = "the plan exceeds the limits and is waiting for approval as hold \(hold.number)"
      return [Point(text: "\(words) (`purser get held`):", because: limits)] + sentences
    }
  }

  /// A change that might help and does not take effect.
  private var refused: [Point] {
    guard let (commit, reasons) = standing.refused else { return [] }
    let why = reasons.joined(separator: "; ")
    return [Point(text: "commit \(commit.prefix(10)) is not in effect, so its policy does not apply: \(why)")]
  }

  /// What a cart misses: it holds what was free when it was looked at.
  private var cart: [Point] {
    let order = facts.order
    guard !order.isLapsed else { return [Point(text: "the cart was ordered or abandoned, and holds nothing")] }
    let open = facts.lines.filter { $0.open > 0 }
    guard !open.isEmpty else { return [] }
    let field = policy.field(.channel, order.channel.rawValue, "reserve_at")?.text ?? OrderStage.order.rawValue
    let why =
      field == OrderStage.cart.rawValue
      ? "no more of it was available to \(order.channel) when the cart was last updated"
      : "carts on \(order.channel) hold nothing: its orders claim stock later"
    return open.map { Point(text: "line \($0.line): \($0.open) of \($0.sku) are not held:") }
      + [Point(text: "- \(why)", because: policy.places(.channel, order.channel.rawValue, ["reserve_at", "cap"]))]
  }
}
