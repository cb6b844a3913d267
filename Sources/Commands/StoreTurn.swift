import ActualState
import Operations

/// A command's wait for its turn to write: others may hold the store for as long as a cycle takes.
struct StoreTurn {
  /// How long SQLite tries by itself before the command looks at the time again.
  static let attempt = TimeSpan(milliseconds: 1000)
  /// How often people hear that it still waits.
  static let tellInterval = Duration.seconds(10)

  let path: String
  /// How long to wait in all; 0 for not at all.
  let limit: TimeSpan
  /// What has passed since some moment, by a clock that nobody sets.
  let elapsed: () -> Duration
  let isInterrupted: () -> Bool
  let tell: (String) -> Void

  /// How long one attempt may take, for SQLite.
  var busyMilliseconds: Int32 { Int32(clamping: min(limit, Self.attempt).milliseconds) }

  /// Runs what needs the store for itself, again and again while others have it.
  /// - Throws: what `body` throws; when the time is over or the user has had enough, that the store is in use.
  func take<Result>(_ body: () throws -> Result) throws -> Result {
    let start = elapsed()
    var told: Duration?
    while true {
      do {
        return try body()
      } catch let error as StoreError where error.kind == .busy {
        let waited = elapsed() - start
        guard !isInterrupted() else { throw error }
        guard waited < .milliseconds(limit.milliseconds) else { throw timeOver(error) }
        if told.map({ waited >= $0 + Self.tellInterval }) ?? true {
          tell(
            "waiting for the store '\(path)': another process is writing; --lock-timeout gives up after "
              + "\(limit) (\(waited.components.seconds)s so far)\n")
          told = waited
        }
      }
    }
  }

  private func timeOver(_ error: StoreError) -> StoreError {
    guard limit.milliseconds > 0 else { return error }
    return StoreError(
      kind: .busy, message: "the store '\(path)' was in use by another process for \(limit)",
      hint:
        "what was imported so far is kept; check which daemon or import is using it, then run the same command again, "
        + "or wait longer with --lock-timeout 1h")
  }
}

extension StoreTurn {
  /// Told on stderr, until Ctrl-C.
  init(path: String, limit: TimeSpan) {
    let start = ContinuousClock.now
    self.init(
      path: path, limit: limit, elapsed: { ContinuousClock.now - start },
      isInterrupted: { Interruption.hasHappened }, tell: Output.words)
  }
}
