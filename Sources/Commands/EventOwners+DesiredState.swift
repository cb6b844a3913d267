import ActualState
import DesiredState
import Operations

extension EventOwners {
  /// Who owns which event type by the `Integration` resources that hold at a moment.
  init(_ state: DesiredState, at now: Instant) {
    var sources: [String: String] = [:]
    for name in state.names(of: .integration) {
      guard let integration = state.effective(.init(.integration, name), at: now),
        let source = integration["source"]?.text
      else { continue }
      for type in integration["owns"]?.list ?? [] { if let type = type.text { sources[type] = source } }
    }
    self.init(sources)
  }
}
