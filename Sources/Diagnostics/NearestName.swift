/// The candidate that a person most likely meant, or nil when none is near enough to suggest.
///
/// Near means an edit distance (insert, delete, replace, swap of neighbours) of at most a third of the length.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  guard name.utf8.count <= 100 else { return nil }
  let wanted = Array(name.lowercased().utf8)
  var best: (distance: Int, name: String)?
  for candidate in candidates where candidate.utf8.count <= 100 {
    let distance = editDistance(wanted, Array(candidate.lowercased().utf8))
    guard distance <= max(1, max(wanted.count, candidate.utf8.count) / 3) else { continue }
    if let current = best, (current.distance, current.name) <= (distance, candidate) { continue }
    best = (distance, candidate)
  }
  return best?.name
}

/// A hint of the form "did you mean 'x'?", or nil.
public func didYouMean(_ name: String, among candidates: some Sequence<String>) -> String? {
  nearestName(to: name, among: candidates).map { "did you mean '\($0)'?" }
}

private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in 1...left.count {
    var current = [row] + Array(repeating: 0, count: right.count)
    for column in 1...right.count {
      let replace = last[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1)
      current[column] = min(replace, last[column] + 1, current[column - 1] + 1)
      if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
        current[column] = min(current[column], beforeLast[column - 2] + 1)
      }
    }
    beforeLast = last
    last = current
  }
  return last[right.count]
}
