import Glibc
import TestSupport
import Testing

/// A `purser run` that stays, and what it says.
final class RunningDaemon {
  let process: ChildProcess
  private var seen = 0

  init(_ process: ChildProcess) { self.process = process }

  /// - Parameter interval: long, where a test wants to see that something else wakes the daemon.
  init(_ company: CompanyFolder, repository: String = "ops", interval: String = "60s", _ more: [String] = []) throws {
    process = try company.start(
      ["run", "--repo", repository, "--store", "ops.db", "--interval", interval] + more)
    #expect(waits(for: "watching"))
  }

  /// Whether it says something within ten seconds that it had not said when it was asked last.
  func waits(for words: String) -> Bool {
    for _ in 0..<1_000 {
      let text = process.errorsUntilNow
      let new = text.utf8.dropFirst(seen)
      if let line = String(decoding: new, as: UTF8.self).firstRange(of: words) {
        let before = String(decoding: new, as: UTF8.self)[..<line.upperBound]
        seen += before.utf8.count
        return true
      }
      guard process.isRunning else { return false }
      usleep(10_000)
    }
    return false
  }

  /// Sends a signal and waits for the end.
  func end(_ signal: Int32 = SIGTERM) -> ChildProcess.Result {
    process.signal(signal)
    return process.wait()
  }
}
