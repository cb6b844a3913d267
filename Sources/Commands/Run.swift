import ArgumentParser
import Daemon
import Operations
import Reconciling

/// `purser run`: the daemon, or with `--once` one cycle of it.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Keep the store in the state that the repository asks for.",
    discussion: """
      Looks at the branch, judges new commits, plans, applies and writes the audit branch; again every --interval, and \
      at once when 'purser wake' or the signal HUP or USR1 tells it to. TERM ends it after the cycle under way and exits \
      0, INT (Ctrl-C) likewise and exits 130; a second one ends it at once, which loses nothing either.
      """)

  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Flag(help: "Run one cycle, or as many as commits wait for each other, and exit.") var once = false
  @Option(help: "The private key that signs the audit branch; from the configuration directory, if left out.")
  var auditKey: String?
  @Option(help: "How often to look at the branch.") var interval = TimeSpan(milliseconds: 5000)
  @Option(help: "How long routine audit records may wait for their commit.") var checkpointInterval = TimeSpan.hour

  func validate() throws {
    guard interval.milliseconds >= 1000 else { throw ValidationError("--interval is at least 1s") }
  }

  func run() async throws {
    let configuration = DaemonConfiguration(
      repository: options.repo, storePath: options.store, branch: options.branch,
      trustRoot: try options.trustRootID(), auditKey: try KeyStore().auditKey(path: auditKey),
      credentials: options.credentials, interval: interval, checkpointInterval: checkpointInterval,
      flushesAudit: once)
    let daemon = try Daemon(configuration, clock: try clock.clock())
    guard !once else {
      let log = CycleLog()
      var (report, status) = await daemon.cycle()
      log.write(report, status)
      // What waited for the change before it.
      while report.hasMore, case .applied? = report.outcome {
        (report, status) = await daemon.cycle()
        log.write(report, status)
      }
      if status.trouble != nil || status.refused != nil { throw ExitCode(1) }
      return
    }
    let triggers = Triggers()
    triggers.watchSignals()
    let socket = try WakeSocket(storePath: options.store) { triggers.send(.woken) }
    defer { socket.close() }
    Output.words("purser: watching \(options.branch) of \(options.repo), every \(interval)\n")
    let log = CycleLog(clock: try clock.clock())
    let end = try await daemon.run(triggers) { log.write($0, $1) }
    Output.words("purser: stopped\n")
    if end == .interrupt { throw ExitCode(130) }
  }
}

/// `purser wake`: what `hooks/post-receive` calls after a push.
struct Wake: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Tell the daemon of a store to look at the branch now.")

  @Option(help: "The store, a SQLite file.") var store: String

  func run() throws {
    guard WakeSocket.send(storePath: store) else {
      Output.words("error: no daemon listens for '\(store)'; start one with 'purser run --store \(store)'\n")
      throw ExitCode(1)
    }
  }
}
