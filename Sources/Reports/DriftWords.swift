public import Planning

extension Drift {
  /// The difference, who made it and what becomes of it, as one line for people.
  public var sentence: String {
    let known = kind == .sales || kind == .unsettled ? "" : ", written by \(writerWords)"
    return "\(sku) on \(key): \(reference) → \(observed) since \(since) (\(kind.rawValue))\(known); \(remedy)"
  }
}
