public import Diagnostics

extension Resource {
  /// What a resource says that is allowed and may not be meant, as warnings.
  public func cautions() -> [Diagnostic] {
    guard key.kind == .node, let capacity = fields["labour_capacity"], capacity.integer == 0 else { return [] }
    return [
      Diagnostic(
        "state.no_capacity", "\(key): nothing can be routed there with a labour_capacity of 0", at: capacity.location,
        severity: .warning,
        hint: "leave the field out for no limit, or write 'status: paused' to take its stock out too")
    ]
  }
}
