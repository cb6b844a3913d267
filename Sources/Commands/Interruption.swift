import Glibc
import Synchronization

/// Ctrl-C and SIGTERM as a question that a loop asks, so that it can finish what it has begun.
enum Interruption {
  private static let flag = Atomic<Bool>(false)

  static var hasHappened: Bool { flag.load(ordering: .relaxed) }

  /// From now on the first signal asks to stop; a second one ends the process at once.
  static func listen() {
    for number in [SIGINT, SIGTERM] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
      // Without SA_RESTART a read that waits for input ends, too.
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(number, &action, nil)
    }
  }
}
