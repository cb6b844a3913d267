@preconcurrency import Dispatch
import Glibc
import Synchronization

/// Why the daemon looks again. It carries no facts: the daemon reads the world itself.
public enum Trigger: Sendable, Equatable {
  case woken
  case due
  case stop
}

/// One stream of all triggers: signals, the wake socket and the timer. A test puts its own in its place.
public final class Triggers: Sendable {
  public let stream: AsyncStream<Trigger>
  private let continuation: AsyncStream<Trigger>.Continuation
  private let timer = Mutex<Task<Void, Never>?>(nil)
  private let sources = Mutex<[any DispatchSourceSignal]>([])

  public init() {
    // More than one waiting trigger says nothing more than one; a stop must not be lost behind them.
    (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
  }

  public func send(_ trigger: Trigger) { continuation.yield(trigger) }

  /// SIGTERM and SIGINT stop, SIGHUP and SIGUSR1 wake.
  public func watchSignals() {
    let queue = DispatchQueue(label: "purser.signals")
    sources.withLock { sources in
      for (number, trigger) in [(SIGTERM, Trigger.stop), (SIGINT, .stop), (SIGHUP, .woken), (SIGUSR1, .woken)] {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { [continuation] in continuation.yield(trigger) }
        source.resume()
        sources.append(source)
      }
    }
  }

  /// Sends `.due` after a delay, in place of one that was set before.
  public func setTimer(_ delay: Duration) {
    let task = Task { [continuation] in
      do { try await Task.sleep(for: delay) } catch { return }
      continuation.yield(.due)
    }
    timer.withLock { timer in
      timer?.cancel()
      timer = task
    }
  }
}
