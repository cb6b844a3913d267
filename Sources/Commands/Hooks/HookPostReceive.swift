import ArgumentParser
import Daemon
import Git

/// `purser hook post-receive`: wakes the daemon whose store `purser.store` names. The push has happened: this never fails.
struct HookPostReceive: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "post-receive", abstract: "Wake the daemon after a push, before its next poll.")

  func run() {
    while readLine() != nil {}
    guard let repository = try? Repository(hook: Hook.environment),
      let store = repository.configuration("purser.store")
    else { return }
    switch WakeSocket.send(storePath: store) {
    case .woken: return
    case .nobody:
      Output.words(
        "purser: no daemon is running for '\(store)' (git config purser.store); the push takes effect when one is started:"
          + " purser run --store '\(store)'\n")
    case .denied:
      Output.words(
        "purser: you may not wake the daemon of '\(store)': \(WakeSocket.remedy(storePath: store))\n")
    }
  }
}
