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
public final class Triggers: Sendable {
  public let stream: AsyncStream<Trigger>
  private let continuation: AsyncStream<Trigger>.Continuation
  private let isEnding = Atomic<Bool>(false)
  private let timer = Mutex<Task<Void, Never>?>(nil)
  private let sources = Mutex<[any DispatchSourceSignal]>([])

  public init() {
    // More than one waiting trigger says nothing more than one; a stop must not be lost behind them.
    (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
  }

  public func send(_ trigger: Trigger) { continuation.yield(trigger) }

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
