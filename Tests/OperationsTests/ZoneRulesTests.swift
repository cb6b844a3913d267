import Operations
import Testing

/// Clocks that change, by hand-written rules of one year.
@Suite struct ZoneRulesTests {
  private static func zone(_ name: String, _ first: Double, _ changes: (String, Double)...) throws -> ZoneRules {
    let transitions = try changes.map { text, hours in
      ZoneRules.Transition(at: try #require(Instant(text)), offset: Int64(hours * 3600))
    }
    return try #require(ZoneRules(name: name, firstOffset: Int64(first * 3600), transitions: transitions))
  }

  static func berlin() throws -> ZoneRules {
    try zone("Europe/Berlin", 1, ("2026-03-29T01:00:00Z", 2), ("2026-10-25T01:00:00Z", 1))
  }

  private static func named(_ name: String) throws -> ZoneRules {
    switch name {
    case "Europe/Berlin": try berlin()
    case "America/New_York": try zone(name, -5, ("2026-03-08T07:00:00Z", -4), ("2026-11-01T06:00:00Z", -5))
    // Half an hour, and the year turns in summer.
    case "Australia/Lord_Howe": try zone(name, 11, ("2026-04-04T15:00:00Z", 10.5), ("2026-10-03T15:30:00Z", 11))
    // A day that never was: the island moved to the other side of the date line.
    case "Pacific/Apia": try zone(name, -10, ("2011-12-30T10:00:00Z", 14))
    default: .utc
    }
  }

  @Test(arguments: [
    ("Europe/Berlin", "2026-01-15T12:00:00Z", "2026-01-15", "13:00"),
    ("Europe/Berlin", "2026-03-29T00:59:00Z", "2026-03-29", "01:59"),
    ("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29", "03:00"),
    ("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25", "02:30"),
    ("Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25", "02:30"),
    ("Europe/Berlin", "2026-12-31T23:30:00Z", "2027-01-01", "00:30"),
    ("America/New_York", "2026-03-08T06:59:00Z", "2026-03-08", "01:59"),
    ("America/New_York", "2026-03-08T07:00:00Z", "2026-03-08", "03:00"),
    ("America/New_York", "2027-01-01T02:00:00Z", "2026-12-31", "21:00"),
    ("Australia/Lord_Howe", "2026-04-04T14:59:00Z", "2026-04-05", "01:59"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z", "2026-04-05", "01:30"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z", "2026-10-04", "02:30"),
    ("UTC", "1969-12-31T23:59:00Z", "1969-12-31", "23:59"),
  ])
  func clocksOnTheWall(zone: String, instant: String, date: String, time: String) throws {
    let local = try Self.named(zone).local(at: try #require(Instant(instant)))
    #expect(local.date.description == date && local.time.description == time)
  }

  @Test(arguments: [
    ("Europe/Berlin", "2026-07-01", "14:00", "2026-07-01T12:00:00Z"),
    // Skipped: the first moment after the gap. Shown twice: the first of the two.
    ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z"),
    ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z"),
    ("Europe/Berlin", "2026-12-31", "24:00", "2026-12-31T23:00:00Z"),
    ("America/New_York", "2026-03-08", "02:00", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z"),
    ("America/New_York", "2026-11-01", "02:00", "2026-11-01T07:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z"),
    ("Australia/Lord_Howe", "2026-04-05", "02:00", "2026-04-04T15:30:00Z"),
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z"),
    ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00:00Z"),
    ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00:00Z"),
  ])
  func momentsOfClocks(zone: String, date: String, time: String, instant: String) throws {
    let found = try Self.named(zone).instant(
      of: try #require(LocalDate(date)), at: try #require(TimeOfDay(time)))
    #expect(found.description == instant)
  }

  /// Over a whole year, minute by minute around each change: the moment of what the clock shows is that moment, unless the
  /// clock has shown it before; and later times never give earlier moments.
  @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
  func showingAndFindingAreInverse(name: String) throws {
    let zone = try Self.named(name)
    for transition in zone.transitions {
      for minute in Int64(-180)...180 {
        let instant = transition.at + TimeSpan(milliseconds: minute * 60_000)
        let local = zone.local(at: instant)
        let found = zone.instant(of: local.date, at: local.time)
        let isRepeated = found < instant && zone.local(at: found) == local
        #expect(found == instant || isRepeated, "\(instant) shows \(local.date) \(local.time), found \(found)")
      }
      let day = zone.local(at: transition.at).date
      let moments = (0...1440).map { zone.instant(of: day, at: TimeOfDay(milliseconds: Int64($0) * 60_000)) }
      #expect(zip(moments, moments.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test func rulesThatCannotBeAreRefused() throws {
    let early = ZoneRules.Transition(at: try #require(Instant("2026-01-01T00:00:00Z")), offset: 0)
    let late = ZoneRules.Transition(at: try #require(Instant("2026-06-01T00:00:00Z")), offset: 3600)
    #expect(ZoneRules(name: "x", firstOffset: 0, transitions: [early, late]) != nil)
    #expect(ZoneRules(name: "x", firstOffset: 0, transitions: [late, early]) == nil)
    #expect(ZoneRules(name: "x", firstOffset: 0, transitions: [early, early]) == nil)
    #expect(ZoneRules(name: "x", firstOffset: 100_000, transitions: [early]) == nil)
  }
}
