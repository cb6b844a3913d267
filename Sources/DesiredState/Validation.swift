public import Diagnostics
import Operations

extension DesiredState {
  /// Kinds of which two can contradict each other by being about the same stock.
  static let kindsWithTargets = [Kind.protection, .safetyStock, .releaseRule, .replenishmentPolicy]

  /// Every problem between resources: what one file alone cannot show.
  public func validate() -> [Diagnostic] {
    var problems: [Diagnostic] = []
    if names(of: .repository).isEmpty {
      problems.append(
        Diagnostic(
          "state.no_repository",
          resources.isEmpty ? "there are no resources" : "there is no Repository resource",
          hint: "add one, usually in state/purser.yaml, with its schema_version and currency"))
    }
    for name in names(of: .repository).dropFirst() {
      let others = resources[.init(.repository, name)] ?? []
      problems += others.map { other in
        Diagnostic(
          "state.second_repository", "\(other.key) is a second Repository", at: other.location,
          hint: "keep one; a repository describes one company")
      }
    }
    for (key, variants) in resources {
      problems += conflicts(variants)
      for resource in variants { problems += referenceProblems(resource) + fieldProblems(resource) }
      if variants.allSatisfy({ !$0.isBase }), let first = variants.first {
        problems.append(
          Diagnostic(
            "state.overlay_without_base", "\(key) has overlays but no base resource", at: first.location,
            hint: "add a resource of the same kind and name without 'scope'"))
      }
    }
    for kind in Self.kindsWithTargets { problems += targetConflicts(kind) }
    problems += problemsBetweenKinds()
    return problems.inReadingOrder()
  }

  /// What makes no sense between resources of several kinds, or within the one Repository: everything that a state must be
  /// free of beside references and overlays. `CheckedState` asks for the same.
  func problemsBetweenKinds() -> [Diagnostic] {
    var problems = governanceProblems() + ownershipProblems() + tierProblems() + calendarProblems() + fallbackProblems()
    problems += releaseProblems() + networkProblems() + freezeProblems() + backorderProblems() + forgeProblems()
    problems += regionProblems() + driftProblems() + holdProblems() + overlaidBoundProblems()
    problems += regionalSupplyProblems()
    return problems
  }

  /// Whether the overlays of one resource fit together.
  func fit(_ variants: [Resource]) -> Bool {
    if variants.count == 1 { return variants[0].isBase }
    return variants.contains(where: \.isBase) && conflicts(variants).isEmpty
  }

  /// Two overlays of one resource that are equally specific and hold at the same time.
  private func conflicts(_ variants: [Resource]) -> [Diagnostic] {
    overlapping(Dictionary(grouping: variants) { "\($0.scopeWords)|\($0.effective.isBounded)" }) { first, second in
      Diagnostic(
        "state.duplicate", "\(second.key) is defined twice for \(second.scopeWords)", at: second.location,
        hint: "remove one, or give them windows that do not overlap",
        notes: [.init("first here", at: first.location)])
    }
  }

  /// Two resources with different names that say different things about the same stock at the same time.
  private func targetConflicts(_ kind: Kind) -> [Diagnostic] {
    let all = resources.filter { $0.key.kind == kind }.values.joined().flatMap(targets)
    return overlapping(Dictionary(grouping: all, by: StockTarget.init(of:))) { first, second in
      guard first.key != second.key else { return nil }
      return Diagnostic(
        "state.equally_specific",
        "\(second.key) and \(first.key) match the same \(kind == .releaseRule ? "orders" : "stock") and are equally specific",
        at: second.location, hint: "merge them, narrow one, or give them windows that do not overlap",
        notes: [.init("the other one", at: first.location)])
    }
  }

  /// The resource itself, or each of its rows as a resource of its own.
  private func targets(of resource: Resource) -> [Resource] {
    guard let rows = resource.fields["rows"]?.rows else { return [resource] }
    return rows.enumerated().map { index, row in
      Resource(
        key: .init(resource.key.kind, "\(resource.key.name) row \(index + 1)"), scope: resource.scope,
        effective: resource.effective, fields: row.field.members ?? Members(), location: row.location)
    }
  }

  private func overlapping<Group>(
    _ groups: [Group: [Resource]], _ report: (Resource, Resource) -> Diagnostic?
  ) -> [Diagnostic] {
    groups.values.flatMap { group -> [Diagnostic] in
      // Sorted by start, only neighbours need a look: the widest reach so far is kept.
      let sorted = group.sorted {
        ($0.effective.from ?? .distantPast, $0.location) < ($1.effective.from ?? .distantPast, $1.location)
      }
      var widest = sorted.first
      return sorted.dropFirst().compactMap { resource in
        guard let before = widest else { return nil }
        let reach = before.effective.until ?? .distantFuture
        if (resource.effective.until ?? .distantFuture) > reach { widest = resource }
        guard before.effective.overlaps(resource.effective) else { return nil }
        return before.location < resource.location ? report(before, resource) : report(resource, before)
      }
    }
  }

  private func referenceProblems(_ resource: Resource) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    resource.forEachReference { check($0.name, $0.kind, at: $1, into: &problems) }
    return problems
  }

  private func check(_ name: String, _ kind: Kind, at location: SourceLocation, into problems: inout [Diagnostic]) {
    guard !contains(kind, name) else { return }
    problems.append(
      Diagnostic(
        "state.missing_reference", "there is no \(kind.rawValue) named '\(name)'", at: location,
        hint: didYouMean(name, among: names(of: kind)) ?? "add it, or use one of: \(list(names(of: kind)))"))
  }

  private func list(_ names: [String]) -> String {
    names.isEmpty ? "(none yet)" : names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
  }

  /// Fields that each are fine and together make no sense.
  func fieldProblems(_ resource: Resource) -> [Diagnostic] {
    let fields = resource.fields
    func problem(_ id: String, _ message: String, _ hint: String, at field: Field? = nil) -> Diagnostic {
      Diagnostic("state.\(id)", "\(resource.key): \(message)", at: field?.location ?? resource.location, hint: hint)
    }
    func exactlyOne(_ first: String, _ second: String, in members: Members?, at field: Field? = nil) -> [Diagnostic] {
      let count = [first, second].count { members?[$0] != nil }
      return count == 1 ? [] : [problem("one_of", "give either '\(first)' or '\(second)'", "one, not both", at: field)]
    }
    func stray(_ name: String, _ other: String, at field: Field) -> Diagnostic {
      problem("says_nothing", "'\(name)' has no effect with \(other)", "remove one of them", at: field)
    }
    func atMostOneTarget() -> [Diagnostic] {
      let given = Scope.fieldNames.filter { fields[$0] != nil }
      guard given.count > 1 else { return [] }
      let names = given.map { "'\($0)'" }.joined(separator: " or ")
      return [problem("one_of", "give \(names)", "one, not \(given.count)", at: fields[given[0]])]
    }
    switch resource.key.kind {
    case .channel:
      var problems = boundProblems(resource)
      if resource.isBase {
        for name in ["type", "tier"] where fields[name] == nil {
          problems.append(problem("required", "the field '\(name)' is missing", "every channel has a \(name)"))
        }
      } else {
        // An order is claimed as a whole, so its items cannot be at different points.
        for name in ["reserve_at", "hold_ttl", "reserve_ahead"] {
          guard let field = fields[name] else { continue }
          problems.append(
            problem("whole_channel", "'\(name)' always applies to all items", "move it out of the overlay", at: field))
        }
      }
      if let cap = fields["cap"] {
        problems += exactlyOne("units", "percent_of_available", in: cap.members, at: cap)
      }
      if let buffer = fields["buffer"], let members = buffer.members {
        let isFixed = members["mode"]?.text == "fixed"
        for name in isFixed ? ["units"] : ["risk", "latency"] where members[name] == nil {
          problems.append(problem("required", "this buffer needs '\(name)'", "add it", at: buffer))
        }
        problems += (isFixed ? ["risk", "latency"] : ["units"]).compactMap { name in
          members[name].map { stray(name, "the mode \(isFixed ? "fixed" : "latency_poisson")", at: $0) }
        }
        if members["risk"]?.rate?.partsPerMillion == 0 {
          problems.append(problem("zero_risk", "a risk of 0% would need an infinite buffer", "try 1%", at: buffer))
        }
      }
      return problems
    case .supplier:
      guard let learning = fields["learning"]?.members, let tolerance = learning["tolerance"],
        learning["measure"]?.text != "in_full"
      else { return boundProblems(resource) }
      return boundProblems(resource) + [stray("tolerance", "a measure that is not in_full", at: tolerance)]
    case .protection:
      let inbound = fields["percent_of_inbound"]
      let hasBothEnds = resource.effective.from != nil && resource.effective.until != nil
      let needsNoMore = inbound != nil && fields["units"] == nil && fields["percent_of_on_hand"] == nil
      let saysNothing = inbound == nil && fields["units"] == nil && fields["percent_of_on_hand"] == nil
      return
        (needsNoMore
        ? []
        : saysNothing
          ? [
            problem(
              "one_of", "give 'units', 'percent_of_on_hand' or 'percent_of_inbound'",
              "say how much is reserved, of the stock on hand or of inbound goods", at: nil)
          ] : exactlyOne("units", "percent_of_on_hand", in: fields))
        + (inbound != nil && !hasBothEnds
          ? [
            problem(
              "needs_window", "'percent_of_inbound' needs a start and an end",
              "add effective: {from: …, until: …}", at: inbound)
          ] : inboundWindowProblems(resource))
        + atMostOneTarget()
    case .safetyStock:
      let narrowing = (["node", "region"] + Scope.fieldNames).filter { fields[$0] != nil }
      if fields["rows"] != nil, let name = narrowing.first {
        let hint = name == "region" ? "give its nodes in the rows" : "give it in each row"
        return [problem("one_of", "'\(name)' cannot be combined with 'rows'", hint, at: fields[name])]
      }
      if fields["node"] != nil, let region = fields["region"] {
        return [
          problem("one_of", "give 'node' or 'region'", "omit the region: a node serves only one", at: region)
        ]
      }
      return exactlyOne("units", "rows", in: fields)
        + atMostOneTarget()
    case .fallbackRule: return fallbackFieldProblems(resource)
    case .node: return labourProblems(resource)
    case .calendar:
      return openProblems(resource)
    case .replenishmentPolicy:
      return replenishmentProblems(resource) + atMostOneTarget()
    case .backorderRule: return noChannelProblems(resource) + atMostOneTarget()
    case .driftRule: return driftFieldProblems(resource) + atMostOneTarget()
    default:
      return []
    }
  }
}
