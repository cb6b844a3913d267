extension Resource {
  /// Whether a Role, an ApprovalRule or a FreezeWindow speaks of a path; one without paths speaks of all.
  public func covers(_ path: String) -> Bool {
    guard let patterns = fields["paths"] else { return true }
    return patterns.list.contains { $0.text.map { PathPattern($0).matches(path) } ?? false }
  }

  /// Whether it speaks of a kind; `*` is for all, and for files that hold no resource.
  public func covers(kind: String) -> Bool {
    (fields["kinds"]?.list ?? []).contains { $0.text == "*" || $0.text == kind }
  }

  /// Whether it speaks of every path there could be.
  var coversAllPaths: Bool { fields["paths"].map { $0.list.contains { $0.text == "**" } } ?? true }
}
