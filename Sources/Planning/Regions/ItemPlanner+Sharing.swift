import Operations

// What each region gets of a cap over all regions that leaves less than orders ask for in all of them.
extension ItemPlanner {
  /// Gives the orders of all regions what there is and what they may have, and lets others wait.
  mutating func allocate(_ cells: inout [CellInPlanning]) {
    serveEach(&cells, .stock) { planner, work in
      planner.allocate(&work)
      return true
    }
    serveAgain(&cells, mayWait: false)
    guard cells.contains(where: \.work.inbound.mayChange) else { return }
    // What one channel may not hold is left for others that wait in the same region.
    for _ in 0...policy.channels.count {
      guard serveEach(&cells, .stockInstead, by: { $0.fillFromStock(&$1) }) else { break }
    }
    serveEach(&cells, .toCome) { planner, work in
      planner.backorder(&work.inbound, &work.book, work.item, work.stock)
      return true
    }
    serveAgain(&cells, mayWait: true)
  }

  /// What a channel could not take in a region, or gave up there, is left for others: for the same channel elsewhere, and
  /// for other channels there. Each pass uses up a cap or is the last but one.
  private mutating func serveAgain(_ cells: inout [CellInPlanning], mayWait: Bool) {
    for _ in 0..<(Self.reallocationPasses + policy.channels.count) where cells.contains(where: \.work.book.isShort) {
      var hasMoved = serveEach(&cells, .stock) { planner, work in
        guard work.book.isShort, work.standing == nil,
          planner.serve(&work.book, work.item.rules, &work.stock)
        else { return false }
        planner.grantAgain(work.item.rules, work.stock)
        return true
      }
      if mayWait {
        let isWaiting = serveEach(&cells, .toCome) { planner, work in
          work.standing == nil && planner.acceptAgain(&work)
        }
        hasMoved = hasMoved || isWaiting
      }
      guard hasMoved else { return }
    }
  }

  /// Serves the orders of one region after another, each of what is its own where a limit over all regions is too low.
  /// - Parameters:
  ///   - goods: what it is that orders claim.
  ///   - serving: serves one region, and tells whether anyone got anything.
  /// - Returns: whether anyone got anything.
  @discardableResult
  private mutating func serveEach(
    _ cells: inout [CellInPlanning], _ goods: Goods, by serving: (inout Self, inout ItemWork) -> Bool
  ) -> Bool {
    let shares = shares(cells, goods, serving)
    var hasMoved = false
    for index in cells.indices {
      if let shares { overall?.dealing = .inShares(shares[index]) }
      change(&cells[index]) { planner, work in
        let isServed = serving(&planner, &work)
        hasMoved = hasMoved || isServed
      }
    }
    overall?.dealing = .toWhoeverComes
    return hasMoved
  }

  /// What each region may take of what limits over all regions leave a channel: all that its orders would take, where that
  /// fits. Else orders of a higher priority come before those of a lower one wherever they are, and orders of one priority
  /// share by `apportion`, in proportion to what they would take in each region if there were no limit.
  ///
  /// So a higher limit never lowers what a region gets, and what regions are called matters only between equals, where the
  /// first in byte order gets the unit that is left over.
  /// - Returns: beside the cells and then the channels; nil where every limit leaves enough.
  private func shares(
    _ cells: [CellInPlanning], _ goods: Goods,
    _ serving: (inout Self, inout ItemWork) -> Bool
  ) -> [[Quantity?]]? {
    guard let overall else { return nil }
    let limits = policy.channels.indices.map { overall.left($0, of: goods) }
    let isScarce = limits.indices.contains { channel in
      limits[channel].map { left in cells.reduce(0) { $0 + $1.work.wanted(channel, of: goods) } > left } ?? false
    }
    guard isScarce else { return nil }
    let wanted = cells.map { cell in
      var (planner, trial) = (self, cell)
      planner.overall?.dealing = .withoutEnd
      planner.change(&trial) { _ = serving(&$0, &$1) }
      return trial.work.got(goods, since: cell.work)
    }
    var shares = cells.map { _ in limits.map { $0.map { _ in Quantity(0) } } }
    for channel in limits.indices {
      guard var rest = limits[channel] else { continue }
      for priority in Set(wanted.flatMap { $0[channel, default: [:]].keys }).sorted(by: >) {
        let units = apportion(wanted.map { $0[channel]?[priority] ?? 0 }, rest)
        for (cell, units) in units.enumerated() {
          shares[cell][channel]? += units
          rest -= units
        }
      }
    }
    return shares
  }
}

/// What orders claim.
private enum Goods {
  case stock
  /// Stock in place of goods to come, for orders that wait for these.
  case stockInstead
  case toCome
}

extension OverallCaps {
  fileprivate func left(_ channel: Int, of goods: Goods) -> Quantity? {
    switch goods {
    case .stock: left(channel)
    case .stockInstead: leftToHold(channel)
    case .toCome: leftToWait(channel)
    }
  }
}

extension ItemWork {
  /// Units that the orders of a channel would take if there were enough.
  fileprivate func wanted(_ channel: Int, of goods: Goods) -> Quantity {
    switch goods {
    case .stock, .toCome: book.open(of: channel)
    case .stockInstead: inbound.waiting(of: channel)
    }
  }

  /// Units that orders got since before, by channel and priority.
  fileprivate func got(_ goods: Goods, since before: ItemWork) -> [Int: [Int64: Quantity]] {
    switch goods {
    case .stock, .toCome: return book.covered(since: before.book)
    case .stockInstead:
      let waiting = inbound.waitingByPriority
      return before.inbound.waitingByPriority.reduce(into: [:]) { got, channel in
        got[channel.key] = channel.value.reduce(into: [:]) { units, priority in
          let taken = priority.value - (waiting[channel.key]?[priority.key] ?? 0)
          if taken > 0 { units[priority.key] = taken }
        }
      }
    }
  }
}

extension InboundBook {
  /// Units that wait, by channel and priority.
  fileprivate var waitingByPriority: [Int: [Int64: Quantity]] {
    places.reduce(into: [:]) { waiting, place in
      guard let channel = self[place].channel else { return }
      waiting[channel, default: [:]][self[place].line.priority, default: 0] += self[place].units
    }
  }
}

extension LineBook {
  /// Units that the lines of a channel miss.
  fileprivate func open(of channel: Int) -> Quantity {
    lines.indices.reduce(0) { channels[$1] == channel ? $0 + lines[$1].open : $0 }
  }

  /// Units that lines got and missed before, by channel and priority.
  fileprivate func covered(since before: LineBook) -> [Int: [Int64: Quantity]] {
    var covered: [Int: [Int64: Quantity]] = [:]
    for index in before.lines.indices {
      guard let channel = channels[index] else { continue }
      let units = before.lines[index].open - lines[index].open
      if units > 0 { covered[channel, default: [:]][lines[index].priority, default: 0] += units }
    }
    return covered
  }
}
