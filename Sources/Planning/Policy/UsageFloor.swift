import DesiredState
import Operations

extension Policy {
  /// What is always remembered of what channels took and sold, so that a policy may look back this far that did not before:
  /// longer than any window of velocities.
  static let rememberedUsage = TimeSpan(milliseconds: 366 * TimeSpan.day.milliseconds)

  /// The hour before which no plan asks what channels took and sold; nil where there is none.
  ///
  /// It is `rememberedUsage` ago, or where the longest window begins that any resource names, whether or not it holds now:
  /// that of a cap, or the time of a protection that is not over. A protection that ends and does not begin asks for all.
  var usageFloor: Int32? {
    let (state, now) = (places.state, places.now)
    var floor = now - Self.rememberedUsage
    for resource in state.resources.values.joined() {
      let window = resource.effective
      switch resource.key.kind {
      case .channel:
        if let span = resource.fields["cap"]?.members?["window"]?.span { floor = min(floor, now - span) }
      case .protection where window.isBounded && (window.until.map { $0 > now } ?? true):
        guard let from = window.from else { return nil }
        floor = min(floor, from)
      default: continue
      }
    }
    return floor.hour
  }
}
