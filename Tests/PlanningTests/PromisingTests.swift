import Operations
import TestSupport
import Testing

@testable import Planning

/// Demands that are promised one after the other, and what bounds how far ahead they may look.
@Suite struct PromisingTests {
  static func at(_ day: Int64) -> Instant { FormulaTests.at(day) }

  static func atp(
    _ onHand: Quantity, _ supply: [(Int64, Quantity)], demand: [(Int64, Quantity)] = [], horizon: Int64? = nil,
    fence: Int64? = nil
  ) -> LookAheadATP {
    LookAheadATP(
      start: at(0), onHand: onHand, supply: supply.map { (at($0.0), $0.1) }, demand: demand.map { (at($0.0), $0.1) },
      horizon: horizon.map(at), infiniteFrom: fence.map(at))
  }

  @Test func nothingBeyondTheHorizonCounts() {
    let atp = Self.atp(4, [(5, 10), (9, 10)], demand: [(8, 12)], horizon: 7)
    #expect([0, 5, 7, 8].map { atp.units(at: Self.at($0)) } == [4, 14, 14, 0])
    #expect(atp.firstMoment(for: 14) == Self.at(5))
    #expect(atp.firstMoment(for: 15) == nil)
    #expect(atp.firstMoment(for: 1, from: Self.at(7)) == Self.at(7))
    #expect(atp.firstMoment(for: 1, from: Self.at(8)) == nil)
    #expect(Self.atp(4, [], horizon: -1).firstMoment(for: 1) == nil, "a horizon before now")
  }

  /// The default is none: what nobody has ordered is not there. Infinite is chosen, and then nothing later is missing.
  @Test func supplyIsInfiniteAfterTheFenceOnlyWhereChosen() {
    #expect(Self.atp(4, [(5, 10)]).firstMoment(for: 100) == nil)
    var atp = Self.atp(4, [(5, 10), (9, 10)], demand: [(8, 50)], fence: 7)
    #expect([0, 5, 6, 7, 400].map { atp.units(at: Self.at($0)) } == [4, 14, 14, .max, .max])
    #expect(atp.shortage == 0, "demand after the fence is covered by what is taken as infinite")
    #expect(atp.firstMoment(for: 14) == Self.at(5) && atp.firstMoment(for: 100) == Self.at(7))
    #expect(atp.firstMoment(for: 100, from: Self.at(30)) == Self.at(30))
    let before = atp
    atp.place(1000, at: Self.at(7))
    #expect(atp == before)
    #expect(Self.atp(4, [], horizon: 6, fence: 7).firstMoment(for: 100) == nil, "the horizon ends before the fence")
    #expect(Self.atp(4, [], horizon: 7, fence: 7).firstMoment(for: 100) == Self.at(7))
    #expect(Self.atp(-4, [], fence: -3).firstMoment(for: 100) == Self.at(0), "a fence that has passed")
  }

  @Test func aPartialDemandHasTwoDatesAtMost() {
    var atp = Self.atp(5, [(3, 4), (6, 4), (9, 20)], horizon: 12)
    func promise(_ units: Quantity, _ earliest: Int64, partial: Bool) -> [PromisedPart] {
      atp.promise(PromiseRequest(units: units, earliest: Self.at(earliest), isPartialAllowed: partial))
    }
    func part(_ units: Quantity, _ day: Int64?) -> PromisedPart { PromisedPart(units: units, at: day.map(Self.at)) }
    // Eight more after the first five: all on the day that covers them, none on day 3.
    #expect(promise(12, 0, partial: true) == [part(5, 0), part(7, 6)])
    #expect(promise(6, 0, partial: false) == [part(6, 9)])
    #expect(promise(1, 4, partial: true) == [part(1, 4)], "one of the units of day 3 is left")
    #expect(promise(40, 10, partial: true) == [part(14, 10), part(26, nil)])
    #expect(promise(1, 0, partial: true) == [part(1, nil)])
    #expect(promise(0, 2, partial: true) == [part(0, 2)])
    #expect(promise(0, 13, partial: false) == [part(0, nil)], "beyond the horizon")
  }

  @Test func whatIsPlacedBeforeNowCountsNow() {
    var atp = Self.atp(5, [])
    let parts = atp.promise(PromiseRequest(units: 9, earliest: Self.at(-4), isPartialAllowed: true))
    #expect(parts == [PromisedPart(units: 5, at: Self.at(0)), PromisedPart(units: 4, at: nil)])
    atp.place(3, at: Self.at(-2))
    #expect(atp.shortage == 3)
  }

  /// The rule taken word by word: all balances day by day, worked out again for each demand.
  struct Days {
    static let horizon = 15
    var balance: [Quantity]

    init(onHand: Quantity, supply: [(Int64, Quantity)]) {
      balance = (0...Self.horizon).map { day in
        onHand + supply.filter { $0.0 <= Int64(day) }.reduce(0) { $0 + $1.1 }
      }
    }

    func atp(_ day: Int) -> Quantity { balance[day...].min() ?? 0 }

    mutating func place(_ units: Quantity, _ day: Int) { for later in day...Self.horizon { balance[later] -= units } }

    mutating func promise(_ request: PromiseRequest) -> [PromisedPart] {
      let earliest = Int(request.earliest.milliseconds / TimeSpan.day.milliseconds)
      var (parts, rest): ([PromisedPart], Quantity) = ([], request.units)
      if request.isPartialAllowed, earliest <= Self.horizon, atp(earliest) > 0 {
        parts.append(PromisedPart(units: min(rest, atp(earliest)), at: request.earliest))
        rest -= parts[0].units
        place(parts[0].units, earliest)
      }
      guard rest > 0 else { return parts }
      let day = (0...Self.horizon).first { $0 >= earliest && atp($0) >= rest }
      if let day { place(rest, day) }
      return parts + [PromisedPart(units: rest, at: day.map { PromisingTests.at(Int64($0)) })]
    }
  }

  @Test(arguments: 0..<400 as Range<UInt64>) func promisesAreThoseOfTheRule(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let onHand = Quantity.random(in: -5...20, using: &random)
    let supply = (0..<Int.random(in: 0...5, using: &random)).map { _ in
      (Int64.random(in: 0...18, using: &random), Quantity.random(in: 1...15, using: &random))
    }
    var days = Days(onHand: onHand, supply: supply)
    var atp = Self.atp(onHand, supply, horizon: Int64(Days.horizon))
    var shuffled = Self.atp(onHand, supply.shuffled(using: &random), horizon: Int64(Days.horizon))
    for _ in 0..<12 {
      let request = PromiseRequest(
        units: Quantity.random(in: 1...9, using: &random), earliest: Self.at(Int64.random(in: 0...17, using: &random)),
        isPartialAllowed: Bool.random(using: &random))
      let parts = atp.promise(request)
      #expect(parts == days.promise(request), "seed \(seed)")
      #expect(parts == shuffled.promise(request), "seed \(seed): the order of supplies")
      for day in 0...Days.horizon {
        let level = atp.levels.last { $0.at <= Self.at(Int64(day)) }?.units
        #expect(level == days.atp(day), "seed \(seed): day \(day)")
      }
    }
  }

  /// Less, later or more wanted: no quantity can be promised sooner, and no day offers more, with a horizon or a fence too.
  @Test(arguments: 0..<200 as Range<UInt64>) func badNewsNeverRaisesWhatIsFree(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let onHand = Quantity.random(in: -5...20, using: &random)
    let supply = (0..<4).map { _ in
      (Int64.random(in: 0...12, using: &random), Quantity.random(in: 1...15, using: &random))
    }
    let demand = (0..<3).map { _ in
      (Int64.random(in: 0...14, using: &random), Quantity.random(in: 1...9, using: &random))
    }
    let (horizon, fence): (Int64?, Int64?) = (seed % 2 == 0 ? 11 : nil, seed % 3 == 0 ? 9 : nil)
    let better = Self.atp(onHand, supply, demand: demand, horizon: horizon, fence: fence)
    var (worseSupply, worseDemand) = (supply, demand)
    switch seed % 4 {
    case 0: worseSupply[1].1 -= Quantity.random(in: 0...worseSupply[1].1, using: &random)
    case 1: worseSupply[2].0 += Int64.random(in: 0...6, using: &random)
    case 2: worseDemand[0].1 += Quantity.random(in: 0...9, using: &random)
    default: worseDemand.append((Int64.random(in: 0...14, using: &random), 4))
    }
    let worse = Self.atp(onHand, worseSupply, demand: worseDemand, horizon: horizon, fence: fence)
    for day in 0...16 as ClosedRange<Int64> {
      #expect(worse.units(at: Self.at(day)) <= better.units(at: Self.at(day)), "seed \(seed): day \(day)")
    }
    for units in 1...20 as ClosedRange<Quantity> {
      guard let moment = worse.firstMoment(for: units) else { continue }
      #expect(better.firstMoment(for: units) ?? .distantFuture <= moment, "seed \(seed): \(units) units")
    }
  }
}
