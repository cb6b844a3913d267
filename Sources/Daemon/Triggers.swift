@preconcurrency import Dispatch
import Glibc
import Synchronization

/// Why the daemon looks again. It carries no facts: the daemon reads the world itself.
public enum Trigger: Sendable, Equatable {
  case woken
  case due
  /// Asked to end, as by a supervisor.
  case stop
  /// Asked to end by the person at the terminal.
  case interrupt
}

/// One stream of all triggers: signals, the wake socket and the timer. A test puts its own in its place.
///
/// However many come while nobody asks, each kind waits once, and an end goes before all others.
public final class Triggers: Sendable {
  private struct Pending {
    var end: Trigger?
    var isWoken = false
    var isDue = false
  }

  private let pending = Mutex(Pending())
  private let signals: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  private let isEnding = Atomic<Bool>(false)
  private let timer = Mutex<Task<Void, Never>?>(nil)
  private let sources = Mutex<[any DispatchSourceSignal]>([])

  public init() {
    (signals, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  public func send(_ trigger: Trigger) {
    pending.withLock { pending in
      switch trigger {
      case .stop, .interrupt: pending.end = pending.end ?? trigger
      case .woken: pending.isWoken = true
      case .due: pending.isDue = true
      }
    }
    continuation.yield()
  }

  /// Waits for a trigger. To be called by one task at a time.
  /// - Returns: nil when the task is cancelled.
  public func next() async -> Trigger? {
    if let trigger = take() { return trigger }
    for await _ in signals { if let trigger = take() { return trigger } }
    return nil
  }

  private func take() -> Trigger? {
    pending.withLock { pending in
      if let end = pending.end { return end }
      // A timer that ran out beside a wake asks for nothing that the wake does not.
      defer { (pending.isWoken, pending.isDue) = (false, false) }
      return pending.isWoken ? .woken : pending.isDue ? .due : nil
    }
  }

  /// SIGTERM and SIGINT stop, SIGHUP and SIGUSR1 wake. A second SIGTERM or SIGINT ends the process at once, because a
  /// cycle may wait for a remote that never answers.
  public func watchSignals() {
    let queue = DispatchQueue(label: "purser.signals")
    sources.withLock { sources in
      for (number, trigger) in [(SIGTERM, Trigger.stop), (SIGINT, .interrupt), (SIGHUP, .woken), (SIGUSR1, .woken)] {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { [weak self] in
          guard let self else { return }
          let isEnd = trigger == .stop || trigger == .interrupt
          if isEnd, isEnding.exchange(true, ordering: .relaxed) { _exit(128 + number) }
          send(trigger)
        }
        source.resume()
        sources.append(source)
      }
    }
  }

  /// Sends `.due` after a delay, in place of one that was set before.
  public func setTimer(_ delay: Duration) {
    let task = Task { [weak self] in
      do { try await Task.sleep(for: delay) } catch { return }
      self?.send(.due)
    }
    timer.withLock { timer in
      timer?.cancel()
      timer = task
    }
  }
}
