import ArgumentParser

/// `BASE..HEAD`: a change from one commit to another. Without a base it starts from the policy in force, and without a head
/// it ends at the head of the branch; what does not contain its base is merged into it in thought. `BASE...HEAD` starts where HEAD left BASE, as in git. `HEAD` alone is no change: what is
/// asked for then is the next cycle.
struct RevisionRange: ExpressibleByArgument {
  var base: String?
  var head: String?
  var startsAtFork = false
  var isChange = true

  /// Nil where there are no dots.
  init?(argument: String) {
    if argument == "HEAD" {
      isChange = false
      return
    }
    guard let dots = argument.firstRange(of: "..") else { return nil }
    let base = argument[..<dots.lowerBound]
    var head = argument[dots.upperBound...]
    if head.hasPrefix(".") {
      startsAtFork = true
      head.removeFirst()
    }
    guard !head.contains(".."), !head.hasPrefix("."), !base.hasPrefix("-"), !head.hasPrefix("-") else { return nil }
    self.base = base.isEmpty ? nil : String(base)
    self.head = head.isEmpty ? nil : String(head)
  }
}
