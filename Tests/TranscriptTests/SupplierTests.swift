import TestSupport
import Testing

/// A history of deliveries from the command line: what is learnt from it, and how well it would have foretold it.
@Suite struct SupplierTranscriptTests {
  @Test func aHistoryIsLearntFromAndScored() throws {
    let company = try CompanyFolder(items: 1)
    try company.scratch.write(Self.history, to: "\(company.name)/deliveries.csv")
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    try company.shell("cp '/\(root)/templates/mappings/deliveries.yaml' .")
    var transcript = Transcript(company)
    try transcript.run(
      """
      purser import --repo ops --store ops.db --mapping deliveries.yaml deliveries.csv
      purser get suppliers --store ops.db
      purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z > /dev/null
      purser get suppliers --store ops.db --repo ops
      purser import --repo ops --store ops.db --mapping deliveries.yaml -o json deliveries.csv | grep -A3 confidence
      """)
    #expect(transcript.text == Self.expected, "\(transcript.text)")
  }

  private static let expected = #"""
    $ purser import --repo ops --store ops.db --mapping deliveries.yaml deliveries.csv
    2| 8 rows: 0 skipped by the mapping, 0 without a rule
    2| 8 events: 8 applied, 0 repeated, 0 waiting, 0 refused
    2|   8 delivery.recorded
    2| the policy's supplier confidences would have predicted 8 delivered lines with a Brier score of 0.2249; 'purser get suppliers' lists each
    = 0
    $ purser get suppliers --store ops.db
    1| SUPPLIER          CONFIDENCE  TIER  SAMPLE_SIZE  LEAD_TIME  LEAD_TIME_DEVIATION  DELIVERIES  BRIER
    1| alpine-textiles   -           -     -            -          -                    2           -
    1| delta-metalworks  -           -     -            -          -                    5           -
    1| jetty             -           -     -            -          -                    1           -
    = 0
    $ purser run --once --repo ops --store ops.db --now 2026-11-24T10:00:00Z > /dev/null
    2| trusting <id>, the first commit of the branch: from now on its people and rules decide what takes effect
    2| applied 22 actions (22 policy changed, 0 world moved), record 1
    = 0
    $ purser get suppliers --store ops.db --repo ops
    1| SUPPLIER          CONFIDENCE  TIER       SAMPLE_SIZE  LEAD_TIME  LEAD_TIME_DEVIATION  DELIVERIES  BRIER
    1| alpine-textiles   -           -          -            -          -                    2           0.4264
    1| delta-metalworks  0.7600      untrusted  4.277        33d        109h                 5           0.1814
    1| jetty             -           -          -            -          -                    1           0.0400
    = 0
    $ purser import --repo ops --store ops.db --mapping deliveries.yaml -o json deliveries.csv | grep -A3 confidence
    1|   "confidence": {
    1|     "brier": 0.2249,
    1|     "deliveries": 8
    1|   },
    2| 8 rows: 0 skipped by the mapping, 0 without a rule
    2| 8 events: 0 applied, 8 repeated, 0 waiting, 0 refused
    2|   8 delivery.recorded
    2| the policy's supplier confidences would have predicted 8 delivered lines with a Brier score of 0.2249; 'purser get suppliers' lists each
    = 0

    """#

  /// delta-metalworks learns and is late once, alpine-textiles is taken at its word of 92%, nobody declared jetty.
  private static let history = """
    vendor,po_sent,scheduled,delivered,quantity
    delta-metalworks,2026-07-01,2026-08-01,2026-08-01,100
    delta-metalworks,2026-07-08,2026-08-11,2026-08-12,100
    delta-metalworks,2026-08-01,2026-09-01,2026-09-10,100
    delta-metalworks,2026-09-01,2026-10-01,2026-10-01,100
    delta-metalworks,2026-10-01,2026-11-01,2026-10-30,100
    alpine-textiles,2026-09-01,2026-10-01,2026-10-01,60
    alpine-textiles,Date Not Captured,2026-11-01,2026-11-03,60
    jetty,,2026-11-01,2026-11-01,60

    """
}
