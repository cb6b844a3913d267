import ArgumentParser
import Console
import Daemon
import Digest
import Operations
import Reconciling
import Reports

/// `purser run`: the daemon, or with `--once` one cycle of it.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the daemon: keep the store in the state that the repository declares.",
    discussion: """
      Each cycle checks the branch, judges new commits, plans, applies and writes the audit branch. A cycle runs every \
      --interval, and at once on 'purser wake' or the signals HUP and USR1. TERM stops the daemon after the current cycle \
      with exit code 0, INT (Ctrl-C) with 130. A second signal stops it immediately, without losing anything.
      """)

  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Flag(help: "Run cycles until nothing is pending, then exit.") var once = false
  @Option(help: "The private key that signs the audit branch (default: the one in ~/.config/purser).")
  var auditKey: String?
  @Option(help: "How often to check the branch: 90s, 15m, 1h.", transform: TimeSpan.option) var interval = TimeSpan(
    milliseconds: 5000)
  @Option(help: "How long routine audit records may wait to be committed.", transform: TimeSpan.option)
  var checkpointInterval = TimeSpan.hour
  @Option(
    help: "Listen on HOST:PORT for webhooks of forges (/webhooks/github, gitea, gitlab), behind a proxy with TLS.")
  var listen: String?
  @Option(help: "A file with the secret that forges sign their webhooks with.") var webhookSecretFile: String?

  @Option(help: "A file with the token for the forge named in the Repository (default: PURSER_FORGE_TOKEN).")
  var forgeTokenFile: String?
  @Option(help: "A folder to write the full plan of each open pull request to, as JSON.") var plansFolder: String?
  @Option(help: "The https:// address of that folder, for links in comments.") var plansURL: String?
  @Option(help: "The folder with Purser's templates/ (default: next to the program).") var share: String?

  func validate() throws {
    guard interval.milliseconds >= 1000 else { throw ValidationError("--interval must be at least 1s") }
    guard (listen == nil) == (webhookSecretFile == nil) else {
      throw ValidationError("--listen and --webhook-secret-file go together: unsigned webhooks are never accepted")
    }
    guard (plansFolder == nil) == (plansURL == nil) else {
      throw ValidationError("--plans-folder and --plans-url go together")
    }
    if let plansURL, !ChangeReport.isLinkable(plansURL) {
      throw ValidationError("--plans-url must be an https:// address; write spaces and brackets as %20, %28, …")
    }
    guard let listen else { return }
    guard !once else { throw ValidationError("--listen cannot be combined with --once") }
    guard Console.Address(listen) != nil else {
      throw ValidationError("--listen must be HOST:PORT, for example 127.0.0.1:8080, not '\(listen)'")
    }
  }

  func run() async throws {
    let configuration = DaemonConfiguration(
      repository: options.repo, storePath: options.store, branch: options.branch,
      trustRoot: try options.trustRootID(), auditKey: try KeyStore().auditKey(path: auditKey),
      credentials: options.credentials, interval: interval, checkpointInterval: checkpointInterval,
      flushesAudit: once, forge: try forge())
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
      if let trouble = await daemon.tellForge(), status.trouble == nil {
        status.trouble = trouble
        log.write(trouble)
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
    let end = try await serving(try console(triggers)) { try await daemon.run(triggers) { log.write($0, $1) } }
    Output.words("purser: stopped\n")
    if end == .interrupt { throw ExitCode(130) }
  }

  /// Nil without a token.
  private func forge() throws -> ForgeConfiguration? {
    guard let token = try SecretFile.forgeToken(forgeTokenFile) else { return nil }
    let share = try Share.find(share)
    var artifacts: ForgeConfiguration.Artifacts?
    if let plansFolder, let plansURL { artifacts = .init(folder: plansFolder, address: plansURL) }
    return ForgeConfiguration(
      token: token, planComment: try share.template("comment/plan.md"),
      refusalComment: try share.template("comment/refused.md"), artifacts: artifacts)
  }

  /// 128 bits in hexadecimal digits are 32; fewer than half as many characters can be guessed.
  private static let secretLength = 16

  private func console(_ triggers: Triggers) throws -> Console? {
    guard let address = listen.flatMap(Console.Address.init), let webhookSecretFile else { return nil }
    let calm = CalmWake(interval: .seconds(1)) { triggers.send(.woken) }
    let secret = try SecretFile.read(webhookSecretFile)
    if secret.reveal().count < Self.secretLength {
      Output.words(
        "warning: the secret in '\(webhookSecretFile)' is shorter than \(Self.secretLength) characters, and whoever guesses it"
          + " can send webhooks: openssl rand -hex 32\n")
    }
    return Console(
      address, webhookSecret: secret, clock: { .wallClock }, wake: { calm.tell() })
  }

  /// Runs the daemon, and beside it the server; without a server that can listen there is no daemon either.
  private func serving(
    _ console: Console?, _ daemon: @escaping @Sendable () async throws -> Trigger
  ) async throws -> Trigger {
    guard let console else { return try await daemon() }
    return try await withThrowingTaskGroup(of: Trigger?.self) { group in
      group.addTask {
        try await console.run { Output.words("purser: listening for webhooks on port \($0)\n") }
        return nil
      }
      group.addTask { try await daemon() }
      defer { group.cancelAll() }
      while let end = try await group.next() { if let end { return end } }
      return .stop
    }
  }
}

/// `purser wake`: what `hooks/post-receive` calls after a push.
struct Wake: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Tell a store's daemon to check the branch now.")

  @Option(help: "The store (a SQLite file).") var store: String

  func run() throws {
    switch WakeSocket.send(storePath: store) {
    case .woken: return
    case .nobody:
      Output.words("error: no daemon is running for '\(store)'; start one with 'purser run --store \(store)'\n")
    case .denied:
      Output.words("error: you may not wake the daemon of '\(store)'; \(WakeSocket.remedy(storePath: store))\n")
    }
    throw ExitCode(1)
  }
}
