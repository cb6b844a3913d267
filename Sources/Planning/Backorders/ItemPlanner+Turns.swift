import Operations

/// Who is served together: the lines of a round or, where it serves them one after the other, those of one priority in it.
struct ServingTurn {
  var round: Round
  /// Nil for all.
  var priority: Int64?

  func includes(_ line: OpenLine, _ channel: Int?) -> Bool {
    (channel.map(round.channels.contains) ?? false) && (priority.map { $0 == line.priority } ?? true)
  }
}

// Stage 4 where goods have come in on a line of which more is to come: whoever waits for it takes of them when it is their
// turn, before those who come after them and claimed nothing of it.
extension ItemPlanner {
  /// Serves one turn after the other: in each, first those who wait for a line that has brought something, by what they were
  /// told, and then the lines that are short. So what a line brought for an order is not given to one of a lower rank
  /// because the line may still bring the rest, and nobody who comes first by rank stands back for who waits.
  /// - Returns: whether anyone got anything.
  mutating func serveInTurn(_ work: inout ItemWork) -> Bool {
    let places = whoseGoodsCameIn(work)
    guard work.book.isShort, !places.isEmpty else {
      return serve(&work.book, work.item.rules, &work.stock)
    }
    var hasMoved = false
    for turn in turns(work, places) {
      let own = places.filter { turn.includes(work.inbound[$0].line, work.inbound[$0].channel) }
      // What waits is counted by every limit already but by that on what is held.
      let dealing = overall?.dealing
      overall?.dealing = .toWhoeverComes
      let isFilled = fill(own, &work.inbound, &work.book, work.item, &work.stock)
      if let dealing { overall?.dealing = dealing }
      let isServed = serve(&work.book, work.item.rules, &work.stock, in: turn)
      hasMoved = hasMoved || isFilled || isServed
    }
    work.inbound.tidy()
    return hasMoved
  }

  /// By rank. From whom a line that is short may take claims on stock, that would take these again.
  private func whoseGoodsCameIn(_ work: ItemWork) -> [InboundBook.Place] {
    guard work.inbound.isWaiting, !snapshot.received.isEmpty else { return [] }
    let rules = work.item.rules
    let takers = shortTakers(work.book, rules)
    return inRank(work.inbound, rules).filter { place in
      work.inbound[place].claim != nil && snapshot.received[work.inbound.supplies[place.supply].pool] != nil
        && keeps(work.inbound[place].channel, from: takers, rules)
    }
  }

  /// Those who may take claims on stock from others and are short.
  func shortTakers(_ book: LineBook, _ rules: Policy.ItemPolicy) -> [Takers] {
    rules.reallocates ? rules.takers.filter { !book.lines(of: $0.channels).isEmpty } : []
  }

  /// Whether what a channel's claims get of stock would be left to them.
  func keeps(_ channel: Int?, from takers: [Takers], _ rules: Policy.ItemPolicy) -> Bool {
    channel.map { channel in !takers.contains { $0.takeFrom(rules.channels[channel]) } } ?? false
  }

  private func turns(_ work: ItemWork, _ places: [InboundBook.Place]) -> [ServingTurn] {
    work.item.rules.serving.flatMap { round -> [ServingTurn] in
      guard !round.isShared else { return [ServingTurn(round: round)] }
      let all = ServingTurn(round: round)
      let lines = work.book.lines.indices.filter { all.includes(work.book.lines[$0], work.book.channels[$0]) }
      let waiting = places.filter { all.includes(work.inbound[$0].line, work.inbound[$0].channel) }
      let priorities = lines.map { work.book.lines[$0].priority } + waiting.map { work.inbound[$0].line.priority }
      return Set(priorities).sorted(by: >).map { ServingTurn(round: round, priority: $0) }
    }
  }
}
