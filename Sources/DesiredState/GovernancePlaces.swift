public import Diagnostics

extension DesiredState {
  /// Whether a place is in a resource that decides who may change what. A place that is in no resource counts as one: what
  /// is wrong there could be about anything.
  public func isOfGovernance(_ place: SourceLocation?) -> Bool {
    guard let place else { return true }
    let above = resources.values.joined().filter { $0.location.file == place.file && $0.location <= place }
    return above.max { $0.location < $1.location }?.key.kind.isGovernance ?? true
  }
}
