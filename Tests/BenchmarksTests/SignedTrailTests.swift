import TestSupport
import Testing
import Verification

@testable import Benchmarks

/// The trail that verification is measured on holds, with all that is approved in it.
@Suite struct SignedTrailTests {
  @Test func itHolds() throws {
    let scratch = try ScratchFolder()
    let trail = try SignedTrail(
      path: scratch.path("trail.git"), ids: scratch.path("ids"), signers: scratch.path("signers"), records: 1500)
    let report = try AuditVerifier(repository: trail.repository).verify()
    #expect(report.problems.isEmpty && report.unseen.isEmpty, "\(report.problems) \(report.unseen)")
    #expect(report.records == 1500 && trail.changes == 3 && report.policyCommits == 4)
  }
}
