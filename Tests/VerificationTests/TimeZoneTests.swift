import Approvals
import DesiredState
import DesiredStateFiles
import Diagnostics
import Git
import Operations
import Reconciling
import TestSupport
import Testing
import Verification

/// A computer without time zones: the policy in force is not carried out by half, and no change is refused for it.
@Suite struct TimeZoneTests {
  private static let calendar = "kind: Calendar\nname: dc\ntime_zone: Europe/Berlin\n"

  private let scratch: ScratchFolder
  private let ops: OpsRepository
  private let root: ObjectID
  private let history: PolicyHistory

  init() throws {
    scratch = try ScratchFolder()
    ops = try OpsRepository(scratch)
    root = try ops.commit(OpsRepository.firstFiles.mapValues { $0 }, message: "Begin")
    history = PolicyHistory(repository: ops.repository, zones: ZoneDatabase(folder: scratch.path("zones")))
  }

  private func pin(_ commit: ObjectID) throws -> PolicyPin {
    PolicyPin(commit: commit.description, tree: try ops.repository.commit(commit).tree.description, version: 1)
  }

  /// Puts the zone there: an offset of one hour, from the beginning of time.
  private func install() throws {
    let counts: [UInt8] = [0, 0, 0, 0, 1, 4].flatMap { [0, 0, 0, $0] }
    let file =
      Array("TZif".utf8) + [UInt8](repeating: 0, count: 16) + counts + [0, 0, 0x0E, 0x10, 0, 0] + Array("CET\0".utf8)
    try scratch.write(bytes: file, to: "zones/Europe/Berlin")
  }

  @Test func aChangeWaitsUntilTheComputerIsMended() throws {
    let change = try ops.commit(["state/network/calendars.yaml": Self.calendar])
    let problems = #expect(throws: Diagnostics.self) {
      try history.judge(pin: pin(root), head: change, trustRoot: nil)
    }
    #expect(problems?.all.map(\.id) == ["state.no_time_zones"])
    try install()
    let judged = try history.judge(pin: pin(root), head: change, trustRoot: nil)
    #expect(judged.judgement.refused == nil && judged.judgement.pin.commit == change.description)
  }

  @Test func thePolicyInForceIsNotReadByHalf() throws {
    let inForce = try ops.commit(["state/network/calendars.yaml": Self.calendar])
    let problems = #expect(throws: Diagnostics.self) {
      try history.judge(pin: pin(inForce), head: inForce, trustRoot: nil)
    }
    #expect(problems?.all.map(\.id) == ["history.pin_unreadable", "state.no_time_zones"])
    let start = try ops.commit(
      ["state/purser.yaml": OpsRepository.purserYAML(), "state/c.yaml": Self.calendar], parents: [],
      branch: "refs/heads/start")
    let first = #expect(throws: Diagnostics.self) { try history.judge(pin: nil, head: start, trustRoot: nil) }
    #expect(first?.all.map(\.id) == ["state.no_time_zones"])
    try install()
    let judged = try history.judge(pin: pin(inForce), head: inForce, trustRoot: nil)
    #expect(judged.state.calendar("dc", at: .distantPast)?.zone.firstOffset == 3600)
  }

  /// A name that is wrong everywhere is its author's fault.
  @Test func anUnknownZoneIsRefused() throws {
    try install()
    let change = try ops.commit(["state/network/calendars.yaml": Self.calendar.replacing("Berlin", with: "Berln")])
    let judged = try history.judge(pin: pin(root), head: change, trustRoot: nil)
    #expect(judged.judgement.refused?.reasons.map(\.id).contains("state.unknown_time_zone") == true)
  }
}
