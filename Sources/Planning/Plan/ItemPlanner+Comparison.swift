import Operations

// What differs from the last applied plan becomes the actions.
extension ItemPlanner {
  func compareGrants(_ planned: ItemInPlanning, into actions: inout [Action]) {
    let (item, sku) = (planned.index, planned.sku)
    if planned.isNamed {
      compareOpenGrants(planned, into: &actions)
    } else {
      compareClosedGrants(item, sku, into: &actions)
    }
    let shared = snapshot.items.shared[item]
    if exposure.shared != shared { actions.append(.setShared(sku, exposure.shared, was: shared, in: region)) }
  }

  private func compareOpenGrants(_ planned: ItemInPlanning, into actions: inout [Action]) {
    let (item, sku) = (planned.index, planned.sku)
    // A cap counts what was sold while regions were named.
    let grants = offered(planned.rules, isOverall: !policy.regions.areNamed)
    let rows = snapshot.grants.rows(of: item)
    var row = rows.lowerBound
    for channel in policy.channels.indices {
      // Channels that left the policy keep their claims and can make no new ones.
      while row < rows.upperBound, policyChannel[Int(snapshot.grants.channel[row])] == nil {
        compareClosed(row, sku, into: &actions)
        row += 1
      }
      let isKnown = row < rows.upperBound && snapshotChannel[channel] == snapshot.grants.channel[row]
      let grant = grants[channel]
      let wasGrant = isKnown ? snapshot.grants.grant[row] : nil
      if grant != wasGrant {
        actions.append(.setGrant(sku, policy.channels[channel], grant, was: wasGrant, in: region))
      }
      let units = exposure.published[channel]
      let was = isKnown ? snapshot.grants.published[row] : nil
      if units != was { actions.append(.publish(sku, policy.channels[channel], units, was: was, in: region)) }
      if isKnown { row += 1 }
    }
    while row < rows.upperBound {
      compareClosed(row, sku, into: &actions)
      row += 1
    }
  }

  func compareClosed(_ row: Int, _ sku: SKU, into actions: inout [Action]) {
    let channel = snapshot.channels[Int(snapshot.grants.channel[row])]
    let closed = Grant(protected: 0, capLeft: 0, mayUseShared: false)
    let grant = snapshot.grants.grant[row]
    if grant != closed { actions.append(.setGrant(sku, channel, closed, was: grant, in: region)) }
    let published = snapshot.grants.published[row]
    if published != 0 { actions.append(.publish(sku, channel, 0, was: published, in: region)) }
  }

  /// A case for each line that gave up units, for as long as it misses some of them.
  func lostAllocations(_ book: LineBook, _ inbound: InboundBook, _ item: Int) -> [Case] {
    let lead = cells?.lead[item] ?? item
    let before = (snapshot.cases[Int32(lead)] ?? []).filter { $0.kind == .allocationLost }
    guard !before.isEmpty || !book.reallocated.isEmpty else { return [] }
    let short = subjectsOfShortLines(book, inbound, item)
    var cases = before.filter { short.contains($0.subject) }
    for (subject, detail) in book.losses where short.contains(subject) {
      let place = cases.firstIndex { $0.subject == subject }
      let detail = place.map { "\(detail); before that it \(cases[$0].detail)" } ?? detail
      let new = Case(.allocationLost, subject: subject, detail: String(detail.prefix(400)))
      cases.removeAll { $0.subject == subject }
      cases.append(new)
    }
    return cases
  }

  /// Lines that miss units, or whose units are still to come.
  private func subjectsOfShortLines(_ book: LineBook, _ inbound: InboundBook, _ item: Int) -> Set<String> {
    let open = (snapshot.openLines[Int32(item)] ?? []).filter { !isDue($0) } + book.lines.filter { $0.open > 0 }
    // A line that may not claim now stands in no book, and misses what it gave up.
    let undue = book.reallocated.map(\.loser).filter { loser in
      !book.lines.contains { $0.order == loser.order && $0.line.isBytewiseEqual(to: loser.line) }
    }
    let waiting = inbound.places.map { inbound[$0].line }
    return Set(
      open.map { "\($0.order)/\($0.line)" } + undue.map { "\($0.order)/\($0.line)" }
        + waiting.map { "\($0.order)/\($0.line)" })
  }

  /// Cases that a plan opens, it also closes when their reason is gone; others stay until a person closes them. Those of
  /// whole orders are compared after all items.
  func compareCases(_ item: Int, _ sku: SKU, _ wanted: [Case], into actions: inout [Action]) {
    let open = snapshot.cases[Int32(item)] ?? []
    guard !open.isEmpty || !wanted.isEmpty else { return }
    // An item may have thousands of them: one for each line that is short.
    let (known, asked) = (Set(open), Set(wanted.map { CaseName(kind: $0.kind, subject: $0.subject) }))
    for one in open where !one.isReported && !(one.kind == .unroutable && policy.network.isRouting) {
      if !asked.contains(CaseName(kind: one.kind, subject: one.subject)) {
        actions.append(.closeCase(sku, one))
      }
    }
    for one in wanted where !known.contains(one) { actions.append(.openCase(sku, one)) }
  }
}

private struct CaseName: Hashable {
  var kind: Case.Kind
  var subject: String
}
