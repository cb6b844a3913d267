extension RandomAccessCollection {
  /// The first index whose element satisfies a condition that, once true, stays true to the end; `endIndex` where none does.
  ///
  /// Takes about log₂(count) steps.
  @inlinable
  public func partitioningIndex(where isAfter: (Element) -> Bool) -> Index {
    var (low, left) = (startIndex, count)
    while left > 0 {
      let half = left / 2
      let middle = index(low, offsetBy: half)
      if isAfter(self[middle]) {
        left = half
      } else {
        low = index(after: middle)
        left -= half + 1
      }
    }
    return low
  }
}
