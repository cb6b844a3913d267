import Operations
import TestSupport
import Testing

@testable import DesiredStateFiles

@Suite struct ZoneFileTests {
  static let berlinRule = "CET-1CEST,M3.5.0,M10.5.0/3"

  @Test(arguments: [1996, 2007, 2037] as [Int64])
  func theRuleAtTheEndGoesOnWhereTheFileStops(year: Int64) throws {
    let spelledOut = try ZoneFile.rules(
      name: "z", ZoneBytes.berlin(until: ZoneFile.lastYear, footer: "").bytes)
    let expanded = try ZoneFile.rules(name: "z", ZoneBytes.berlin(until: year, footer: Self.berlinRule).bytes)
    #expect(expanded == spelledOut && expanded.transitions.count == 2 * (2100 - 1996 + 1))
  }

  /// A rule alone, and the moments at which clocks change in a year, in UTC; the first is the one into the summer.
  @Test(arguments: [
    ("CET-1CEST,M3.5.0,M10.5.0/3", 2026, "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"),
    ("EST5EDT,M3.2.0,M11.1.0", 2026, "2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"),
    ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2026, "2026-10-03T15:30:00Z", "2026-04-04T15:00:00Z"),
    // Nuuk: the day before the last Sunday, at 22:00 of the evening before.
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026, "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"),
    // Gaza and Godthab write hours beyond a day.
    ("EET-2EEST,M3.4.4/50,M10.4.4/50", 2026, "2026-03-28T00:00:00Z", "2026-10-23T23:00:00Z"),
    ("XXX3YYY,J60/0,J300/0", 2024, "2024-03-01T03:00:00Z", "2024-10-27T02:00:00Z"),
    ("XXX3YYY,59/0,299/0", 2024, "2024-02-29T03:00:00Z", "2024-10-26T02:00:00Z"),
    ("XXX-3YYY-5:30,M12.5.0/0,M1.2.1/0", 2023, "2023-12-30T21:00:00Z", "2023-01-08T18:30:00Z"),
  ])
  func rulesAreReadAsPosixSays(rule: String, year: Int64, summer: String, winter: String) throws {
    let zone = try ZoneFile.rules(name: "z", ZoneBytes(offsets: [0], footer: rule).bytes)
    let changes = zone.transitions.filter { zone.local(at: $0.at - TimeSpan(milliseconds: 1)).date.year == year }
    let moments = changes.map(\.at.description)
    #expect(Set(moments) == [summer, winter], "\(moments)")
    let toSummer = try #require(changes.first { $0.at.description == summer })
    let toWinter = try #require(changes.first { $0.at.description == winter })
    #expect(toSummer.offset > toWinter.offset)
  }

  @Test func summerTimeAllYearRoundNeverEnds() throws {
    let zone = try ZoneFile.rules(name: "z", ZoneBytes(offsets: [-10_800], footer: "XXX3EDT4,0/0,J365/23").bytes)
    let later = try #require(Instant("2026-01-01T04:00:00Z"))
    #expect(zone.offset(at: later) == -14_400 && zone.transitions.allSatisfy { $0.at < later })
  }

  @Test func aFileWithoutARuleKeepsItsLastOffset() throws {
    let zone = try ZoneFile.rules(name: "z", ZoneBytes.berlin(until: 2000, footer: "").bytes)
    #expect(zone.offset(at: try #require(Instant("2050-07-01T00:00:00Z"))) == 3600)
    let fixed = try ZoneFile.rules(name: "z", ZoneBytes(offsets: [32_400], footer: "JST-9").bytes)
    #expect(fixed.firstOffset == 32_400 && fixed.transitions.isEmpty)
  }

  @Test func filesOfTheFirstVersionAndFromTheBigBangAreRead() throws {
    var old = ZoneBytes.berlin(until: 2030, footer: "")
    old.version = "1"
    let zone = try ZoneFile.rules(name: "z", old.bytes)
    #expect(zone == (try ZoneFile.rules(name: "z", ZoneBytes.berlin(until: 2030, footer: "").bytes)))
    let bang = ZoneBytes(
      transitions: [(-(1 << 59), 1), (0, 2), (1 << 59, 0)], offsets: [60, 3180, 3600], footer: "CET-1")
    let rules = try ZoneFile.rules(name: "z", bang.bytes)
    #expect(rules.firstOffset == 3180 && rules.transitions.map(\.offset) == [3600])
  }

  @Test(arguments: [
    (ZoneBytes(leapSeconds: [(78_796_800, 1)]), "it counts leap seconds"),
    (ZoneBytes(offsets: []), "it has no offset"),
    (ZoneBytes(offsets: [100_000]), "it has an impossible offset"),
    (ZoneBytes(transitions: [(0, 3)]), "it has an impossible offset"),
    (ZoneBytes(transitions: [(10, 0), (10, 0)]), "its times are not in order"),
    (ZoneBytes(footer: "nonsense,"), "its last rule cannot be read"),
    (ZoneBytes(footer: "CET-1CEST"), "its last rule cannot be read"),
    (ZoneBytes(footer: "CET-1CEST,M13.1.0,M10.5.0"), "its last rule cannot be read"),
    (ZoneBytes(footer: "CET-1CEST,M3.5.0,M10.5.0/999"), "its last rule cannot be read"),
  ])
  func whatCannotBeIsRefusedWithAReason(file: ZoneBytes, reason: String) {
    #expect(throws: ZoneFileProblem(reason: reason)) { try ZoneFile.rules(name: "z", file.bytes) }
  }

  @Test func everyCutOfAFileIsRefused() throws {
    let whole = ZoneBytes.berlin(until: 2000, footer: Self.berlinRule).bytes
    for count in 0..<whole.count {
      #expect(throws: ZoneFileProblem.self, "\(count) bytes") {
        try ZoneFile.rules(name: "z", Array(whole.prefix(count)))
      }
    }
  }

  /// Bytes, counts and letters changed at random: rules that hold together, or a reason; never a trap.
  @Test(arguments: 0..<2_000 as Range<UInt64>)
  func corruptFilesNeverTrap(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var file = ZoneBytes.berlin(until: Int64.random(in: 1996...2010, using: &random), footer: Self.berlinRule)
    if Bool.random(using: &random) {
      let letters = Array("M3.5.0,/:+-<>J019ABCxyz")
      file.footer = String(
        (0..<Int.random(in: 1...30, using: &random)).map { _ in letters.randomElement(using: &random) ?? "M" })
    }
    file.version = ["1", "2", "3", "9"].randomElement(using: &random) ?? "2"
    var bytes = file.bytes
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let place =
        Bool.random(using: &random)
        ? Int.random(in: 0..<bytes.count, using: &random) : Int.random(in: 20..<44, using: &random)
      bytes[place] =
        [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
    }
    guard let zone = try? ZoneFile.rules(name: "z", bytes) else { return }
    let midsummer = try #require(LocalDate(year: 2026, month: 7, day: 1))
    let noon = zone.instant(of: midsummer, at: TimeOfDay(milliseconds: 12 * 3_600_000))
    #expect(zone.instant(of: midsummer, at: .startOfDay) <= noon, "seed \(seed)")
    #expect(zip(zone.transitions, zone.transitions.dropFirst()).allSatisfy { $0.at < $1.at }, "seed \(seed)")
  }
}
