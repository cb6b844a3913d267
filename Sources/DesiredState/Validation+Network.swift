import Diagnostics
import Operations

/// What must hold between lanes, and between routing profiles. There are few, so these checks look at all.
extension DesiredState {
  func networkProblems() -> [Diagnostic] {
    let lanes = twins(
      of: .lane, "state.lane_twice",
      hint: "keep one, change the service of one, or give them windows that do not overlap"
    ) { lane in
      [
        lane.fields["node"]?.text ?? "", lane.fields["to"]?.text ?? "",
        lane.fields["service"]?.text ?? Schema.standardService,
      ]
    }
    let profiles = twins(
      of: .routingProfile, "state.profile_twice",
      hint: "keep one, change the channel of one, or give them windows that do not overlap"
    ) { [$0.fields["channel"]?.text ?? "all channels without their own"] }
    return lanes + profiles
  }

  /// Services that a profile names and that no lane offers: allowed, because lanes come and go, and seldom meant.
  func networkCautions() -> [Diagnostic] {
    let lanes = names(of: .lane).flatMap { resources[.init(.lane, $0)] ?? [] }
    guard !lanes.isEmpty else { return [] }
    let offered = lanes.map { $0.fields["service"]?.text ?? Schema.standardService }
    let profiles = names(of: .routingProfile).flatMap { resources[.init(.routingProfile, $0)] ?? [] }
    return nodeCautions(lanes)
      + profiles.flatMap { profile -> [Diagnostic] in
        (profile.fields["services"]?.list ?? []).compactMap { field in
          guard let name = field.text, !offered.contains(where: { $0.isBytewiseEqual(to: name) }) else { return nil }
          return Diagnostic(
            "state.service_not_offered", "\(profile.key): no lane offers the service '\(name)'", at: field.location,
            severity: .warning,
            hint: didYouMean(name, among: offered) ?? "add it as the 'service' of a lane, or remove it here")
        }
      }
  }

  /// Nodes that hold stock from where no lane leads, while others have some: nothing that lies there is sold.
  private func nodeCautions(_ lanes: [Resource]) -> [Diagnostic] {
    let served = lanes.compactMap { $0.fields["node"]?.text }
    // A name that is mistyped is an error of its own.
    guard served.allSatisfy({ contains(.node, $0) }) else { return [] }
    return names(of: .node).compactMap { name in
      guard let node = resources[.init(.node, name)]?.first, !served.contains(where: { $0.isBytewiseEqual(to: name) }),
        node.fields["status"]?.text ?? "active" == "active"
      else { return nil }
      return Diagnostic(
        "state.no_lane", "\(node.key): no lane leads from there, so that nothing that lies there is sold",
        at: node.location, severity: .warning, hint: "add a Lane with 'node: \(name)', or write 'status: paused'")
    }
  }

  /// Resources of different names that say different things of the same at the same time. One that holds for a time may
  /// replace one that always holds.
  private func twins(
    of kind: Kind, _ id: String, hint: String, by key: (Resource) -> [String]
  ) -> [Diagnostic] {
    let all = names(of: kind).flatMap { resources[.init(kind, $0)] ?? [] }
    var seen: [[String]: [Resource]] = [:]
    var problems: [Diagnostic] = []
    for resource in all.sorted(by: { $0.location < $1.location }) {
      let about = key(resource) + [resource.effective.isBounded ? "for a time" : ""]
      if let other = seen[about]?.first(where: {
        $0.key != resource.key && $0.effective.overlaps(resource.effective)
      }) {
        problems.append(
          Diagnostic(
            id, "\(resource.key) and \(other.key) both cover \(key(resource).joined(separator: ", "))",
            at: resource.location, hint: hint,
            notes: [.init("the other one", at: other.location)]))
      }
      seen[about, default: []].append(resource)
    }
    return problems
  }
}

extension Schema {
  /// The service of a lane that names none.
  public static let standardService = "standard"
}
