import Synchronization

/// Passes on that something happened, at most once in an interval, however often it is told: the first time at once, and
/// once more after the interval if there was more. It keeps no list of what it was told.
public final class CalmWake: Sendable {
  private enum State {
    case calm
    case resting(more: Bool)
  }

  private let interval: Duration
  private let wake: @Sendable () -> Void
  private let state = Mutex(State.calm)

  public init(interval: Duration, wake: @escaping @Sendable () -> Void) {
    self.interval = interval
    self.wake = wake
  }

  public func tell() {
    let isFirst = state.withLock { state in
      guard case .calm = state else {
        state = .resting(more: true)
        return false
      }
      state = .resting(more: false)
      return true
    }
    if isFirst { passOn() }
  }

  private func passOn() {
    wake()
    Task {
      try? await Task.sleep(for: interval)
      let hasMore = state.withLock { state in
        guard case .resting(more: true) = state else {
          state = .calm
          return false
        }
        state = .resting(more: false)
        return true
      }
      if hasMore { passOn() }
    }
  }
}
