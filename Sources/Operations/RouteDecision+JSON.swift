extension RouteDecision {
  public var json: JSONValue {
    [
      "region": .string(region), "profile": JSONValue(profile), "parcels": .array(parcels.map(\.json)),
      "cost": [
        "parcels": .integer(cost.parcels), "units": .integer(cost.units), "late": .integer(cost.late),
        "split": .integer(cost.split), "total": .integer(cost.total),
      ],
      "runner_up": runnerUp.map { other in
        [
          "nodes": .array(other.nodes.map { .string($0.rawValue) }), "extra": JSONValue(other.extra),
        ]
      } ?? .null,
      "limits": .array(
        limits.map {
          [
            "kind": .string($0.kind.rawValue), "node": JSONValue($0.node?.rawValue), "sku": JSONValue($0.sku?.rawValue),
          ]
        }),
      "candidates": .array(candidates.map(\.json)),
      "proved": .bool(isProved),
    ]
  }

  /// What `json` gave; nil for anything else.
  public init?(json: JSONValue) {
    guard let region = json["region"]?.string, let cost = json["cost"].flatMap(Cost.init(json:)),
      let isProved = json["proved"]?.bool
    else { return nil }
    func all<Element>(_ name: String, _ make: (JSONValue) -> Element?) -> [Element]? {
      guard let values = json[name]?.array else { return nil }
      let elements = values.compactMap(make)
      return elements.count == values.count ? elements : nil
    }
    guard let parcels = all("parcels", Parcel.init(json:)), let limits = all("limits", Limit.init(json:)),
      let candidates = all("candidates", Candidate.init(json:))
    else { return nil }
    self.init(
      region: region, profile: json["profile"]?.string, parcels: parcels, cost: cost,
      runnerUp: json["runner_up"].flatMap(RunnerUp.init(json:)), limits: limits, candidates: candidates,
      isProved: isProved)
  }
}

extension RouteDecision.Parcel {
  fileprivate var json: JSONValue {
    [
      "node": .string(node.rawValue), "lane": .string(lane), "carrier": .string(carrier), "service": .string(service),
      "work_day": .string(workDay.description), "leaves_at": .string(leavesAt.description),
      "arrives_at": .string(arrivesAt.description),
      "lines": .array(
        lines.map { ["line": .string($0.line), "sku": .string($0.sku.rawValue), "units": .integer($0.units)] }),
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let node = json["node"]?.string, let lane = json["lane"]?.string, let carrier = json["carrier"]?.string,
      let service = json["service"]?.string, let workDay = json["work_day"]?.string.flatMap({ LocalDate($0) }),
      let leavesAt = json["leaves_at"]?.string.flatMap({ Instant($0) }),
      let arrivesAt = json["arrives_at"]?.string.flatMap({ Instant($0) }), let lines = json["lines"]?.array
    else { return nil }
    self.init(
      node: NodeID(node), lane: lane, carrier: carrier, service: service, workDay: workDay, leavesAt: leavesAt,
      arrivesAt: arrivesAt)
    for one in lines {
      guard let line = one["line"]?.string, let sku = one["sku"]?.string, let units = one["units"]?.integer else {
        return nil
      }
      self.lines.append(RouteDecision.Line(line: line, sku: SKU(sku), units: units))
    }
  }
}

extension RouteDecision.Cost {
  fileprivate init?(json: JSONValue) {
    guard let parcels = json["parcels"]?.integer, let units = json["units"]?.integer, let late = json["late"]?.integer,
      let split = json["split"]?.integer
    else { return nil }
    self.init(parcels: parcels, units: units, late: late, split: split)
  }
}

extension RouteDecision.RunnerUp {
  fileprivate init?(json: JSONValue) {
    guard let nodes = json["nodes"]?.array else { return nil }
    self.init(nodes: nodes.compactMap { $0.string.map { NodeID($0) } }, extra: json["extra"]?.integer)
  }
}

extension RouteDecision.Limit {
  fileprivate init?(json: JSONValue) {
    guard let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)) else { return nil }
    self.init(kind, node: json["node"]?.string.map { NodeID($0) }, sku: json["sku"]?.string.map { SKU($0) })
  }
}

extension RouteDecision.Candidate {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "lane": .string(lane), "node": .string(node.rawValue), "outcome": .string(outcome.rawValue),
      "alone": JSONValue(alone),
    ]
    if !rules.isEmpty { members["rules"] = .array(rules.map { .string($0) }) }
    return .object(members)
  }

  fileprivate init?(json: JSONValue) {
    guard let lane = json["lane"]?.string, let node = json["node"]?.string,
      let outcome = json["outcome"]?.string.flatMap(Outcome.init(rawValue:))
    else { return nil }
    self.init(
      lane: lane, node: NodeID(node), outcome: outcome, alone: json["alone"]?.integer,
      rules: (json["rules"]?.array ?? []).compactMap(\.string))
  }
}
