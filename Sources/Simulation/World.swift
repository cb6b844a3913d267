import Operations
import TestSupport

/// The names that the simulated world is made of: few, so that everything meets everything.
enum World {
  /// The last one is in no catalogue at first, and the second is of class `launch`.
  static let skus = ["A", "B", "C", "D"]
  static let channels = ["market", "outlet", "shop", "trade"]
  /// `yard` is a node that no policy knows.
  static let nodes = ["dc", "site", "store", "yard"]
  /// Those that the company knows.
  static let suppliers = ["forge", "mill"]
  /// One supplier or another, or one that nobody knows.
  static func supplier(_ random: inout SplitMix64) -> String {
    (suppliers + ["unknown"])[random.pick(weights: [30, 60, 10])]
  }

  /// One item or another; the unknown one is rare.
  static func sku(_ random: inout SplitMix64) -> String { skus[random.pick(weights: [8, 7, 5, 1])] }

  /// 2026-11-20T12:30:00Z
  static let start = Instant(milliseconds: 1_795_177_800_000)
}

extension SplitMix64 {
  mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }
  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// One of several values; the list is never empty.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[number(0...(elements.count - 1))] }

  /// The index of one of several weights; those of 0 are never taken.
  mutating func pick(weights: [Int]) -> Int {
    var rest = number(0...(max(1, weights.reduce(0, +)) - 1))
    for (index, weight) in weights.enumerated() {
      if rest < weight { return index }
      rest -= weight
    }
    return 0
  }
}
