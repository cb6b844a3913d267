import DesiredState
import Diagnostics
import Operations
import TestSupport
import Testing

@testable import DesiredStateFiles

/// Looking time zones up by name, in folders of the test's own and in the system's.
@Suite struct ZoneDatabaseTests {
  private static let place = SourceLocation(file: "state/c.yaml", line: 3, column: 12)

  private let scratch: ScratchFolder
  private let zones: ZoneDatabase

  init() throws {
    scratch = try ScratchFolder()
    try scratch.write(
      bytes: ZoneBytes.berlin(until: 2030, footer: ZoneFileTests.berlinRule).bytes, to: "zones/Europe/Berlin")
    try scratch.write("not a zone", to: "zones/Etc/Broken")
    try scratch.write(bytes: ZoneBytes().bytes, to: "zones/right/Europe/Berlin")
    try scratch.write(bytes: ZoneBytes().bytes, to: "secret")
    zones = ZoneDatabase(folder: scratch.path("zones"))
  }

  private func problem(_ name: String, in zones: ZoneDatabase) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try zones.rules(named: name, at: Self.place)
      return nil
    } catch {
      return error
    }
  }

  @Test func zonesAreFoundByName() throws {
    let berlin = try zones.rules(named: "Europe/Berlin", at: Self.place)
    let summer = try #require(Instant("2099-07-01T00:00:00Z"))
    #expect(berlin.name == "Europe/Berlin" && berlin.offset(at: summer) == 7200)
    #expect(try zones.rules(named: "UTC", at: Self.place) == .utc)
  }

  @Test(arguments: [
    ("Europe/Berln", "did you mean 'Europe/Berlin'?"), ("europe/berlin", "did you mean 'Europe/Berlin'?"),
    ("utc", "did you mean 'UTC'?"), ("CEST", nil), ("right/Europe/Berlin", nil), ("Europe", nil), ("", nil),
    ("../secret", nil), ("Europe/../../secret", nil), ("/etc/localtime", nil), ("Europe/Berlin/", nil),
    ("Europe\0Berlin", nil),
  ])
  func whatIsNoZoneIsUnknown(name: String, hint: String?) throws {
    let problem = try #require(self.problem(name, in: zones))
    #expect(problem.id == "state.unknown_time_zone" && problem.location == Self.place)
    if let hint { #expect(problem.hint == hint) }
  }

  @Test func aBrokenFileAndAMissingDatabaseSayWhatToInstall() throws {
    let broken = try #require(problem("Etc/Broken", in: zones))
    #expect(broken.id == "state.broken_time_zone" && broken.message.contains("it is not a TZif file"))
    let none = try #require(problem("Europe/Berlin", in: ZoneDatabase(folder: scratch.path("nowhere"))))
    #expect(none.id == "state.no_time_zones" && none.hint?.contains("tzdata") == true)
    #expect(problem("UTC", in: ZoneDatabase(folder: scratch.path("nowhere"))) == nil)
  }

  @Test func aCalendarOfAnUnknownZoneIsReportedWhereItStands() throws {
    let text = "kind: Calendar\nname: dc\ntime_zone: Europe/Berln\n"
    let file = SourceFile(path: "state/c.yaml", bytes: Array(text.utf8))
    let decoded = DecodedFile(decoding: file, zones: zones)
    #expect(decoded.resources.isEmpty && decoded.diagnostics.map(\.id) == ["state.unknown_time_zone"])
    let shown = DiagnosticRenderer { StateLoader.line($0.line, of: file.bytes) }.render(decoded.diagnostics)
    #expect(
      shown == """
        state/c.yaml:3:12: error: there is no time zone 'Europe/Berln' [state.unknown_time_zone]
          3 | time_zone: Europe/Berln
            |            ^
          hint: did you mean 'Europe/Berlin'?

        """)
  }

  /// The C library reads the same files with code of its own.
  @Test(arguments: [
    "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Sao_Paulo",
    "America/Santiago", "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Apia", "Pacific/Auckland", "Asia/Kolkata",
    "Asia/Gaza", "Africa/Casablanca", "America/Nuuk", "Antarctica/Troll", "Etc/GMT+5",
  ])
  func offsetsAgreeWithTheSystem(name: String) throws {
    let zone = try ZoneDatabase.system.rules(named: name, at: Self.place)
    var random = SplitMix64(seed: name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    var seconds = (0..<300).map { _ in Int64.random(in: -2_000_000_000..<4_102_444_800, using: &random) }
    // Around each change clocks are easiest to get wrong.
    for transition in zone.transitions where transition.at.seconds < 4_102_444_800 {
      seconds += [transition.at.seconds - 1, transition.at.seconds]
    }
    let list = try scratch.write(seconds.map { "@\($0)\n" }.joined(), to: "moments")
    let date = try ChildProcess.run(
      "date", ["-f", list, "+%:::z"], environment: ["TZ": name, "PATH": "/usr/bin:/bin"])
    try #require(date.status == 0, "\(date.errors)")
    // "-00" is how it writes an offset that is unknown, as before the first hut at Troll.
    let expected = date.output.split(separator: "\n").map { $0 == "-00" ? "+00" : String($0) }
    try #require(expected.count == seconds.count)
    for (second, line) in zip(seconds, expected) {
      let offset = zone.offset(at: Instant(milliseconds: second * 1000))
      #expect(Self.text(offset) == line, "at \(second)")
    }
  }

  /// As `date` writes it: hours, with minutes and seconds only where there are some.
  private static func text(_ offset: Int64) -> String {
    func two(_ value: Int64) -> String { (value < 10 ? "0" : "") + String(value) }
    let rest = abs(offset)
    var text = (offset < 0 ? "-" : "+") + two(rest / 3600)
    if rest % 3600 != 0 { text += ":" + two(rest / 60 % 60) }
    if rest % 60 != 0 { text += ":" + two(rest % 60) }
    return text
  }
}
