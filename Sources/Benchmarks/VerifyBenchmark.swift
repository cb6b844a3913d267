import Git
import Verification

/// Verifying a trail offline, over git's own reading of the same files of records, and over git's own check of the
/// signatures on the same commits.
enum VerifyBenchmark {
  /// Git starts ssh-keygen for every commit, which takes long enough to measure it less often.
  private static let signatureRounds = 3

  static func run(_ workshop: Workshop) async throws -> [Comparison] {
    let trail = try SignedTrail(
      path: workshop.path("trail.git"), ids: workshop.path("blobs"), signers: workshop.path("signers"),
      records: workshop.records)
    let verifier = AuditVerifier(repository: trail.repository)
    let commits = workshop.records / SignedTrail.recordsPerCommit
    let size = "\(workshop.records) records in \(commits) commits"
    func verified(_ point: VerifiedPoint?, known: Int) throws {
      let report = try verifier.verify(after: point)
      expect(report.isGood && report.records == workshop.records && report.knownRecords == known, "\(report.problems)")
    }
    let floor = "one git cat-file --batch of the same files"
    func read() { Floor.run("sh", "-c", "git -C '\(trail.path)' cat-file --batch < '\(trail.ids)' > /dev/null") }
    try trail.point(to: trail.tip)
    let all = try verifier.verify().point
    try trail.point(to: trail.before)
    let before = try verifier.verify().point
    try trail.point(to: trail.tip)
    let note =
      "\(trail.changes) changes of the policy among them, each approved by two people; nothing was verified before, and "
      + "the files are in the system's cache"
    return [
      try await Comparison(
        "verify \(size), cold", over: floor, aim: .atMost(3), rounds: workshop.rounds, note: note,
        measured: { try verified(nil, known: 0) }, baseline: read),
      try await Comparison(
        "verify \(size), cold", over: "git log --show-signature", rounds: workshop.isSmall ? 1 : Self.signatureRounds,
        measured: { try verified(nil, known: 0) },
        baseline: {
          Floor.run(
            "sh", "-c", "git -C '\(trail.path)' log --show-signature audit main refs/purser/approvals > /dev/null 2>&1")
        }),
      try await Comparison(
        "verify warm, with \(SignedTrail.recordsPerCommit) records that are new", over: floor, rounds: workshop.rounds,
        measured: { try verified(before, known: workshop.records - SignedTrail.recordsPerCommit) }, baseline: read),
      try await Comparison(
        "verify warm, with nothing new", over: floor, rounds: workshop.rounds, repeats: (100, 1),
        measured: { try verified(all, known: workshop.records) }, baseline: read),
    ]
  }
}
