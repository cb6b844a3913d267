import Operations
import Testing

@testable import Approvals

@Suite struct ToleranceTests {
  /// A share is rounded down, a share of nothing is nothing, and what is too large is the largest.
  @Test(
    arguments: [
      (10, 0, 10), (10, 10, 11), (10, 100, 20), (25, 10, 27), (199, 10, 218), (0, 100, 0), (1, 99, 1),
      (.max, 100, .max),
    ] as [(Int64, Int64, Int64)])
  func mostThatIsCovered(told: Int64, percent: Int64, limit: Int64) {
    #expect(Tolerated(told, with: .percent(percent)).limit == limit)
  }
}
