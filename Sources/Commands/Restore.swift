import ArgumentParser
import Daemon
import Diagnostics
import Digest
import Git
import Operations

/// `purser restore`: a new store in the place of one that is lost.
struct Restore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Begin a new store where the audit branch ends, when the old one is lost.",
    discussion: """
      Verifies the whole trail, as 'purser audit verify' does, and takes over what git knows: the policy in force and its \
      version, every record, what waits for people, and what was in force before. Nothing of a trail that does not hold, or \
      that another key than this daemon's has signed, is taken over, and nothing where the store has a history already.

      Quantities are not in git. Until counts of stock and open orders are imported again, the store knows of none, and \
      nothing is published: import them before 'purser run'.
      """)

  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Option(help: "The private key that signs the audit branch; from the configuration directory, if left out.")
  var auditKey: String?

  func run() throws {
    let key = try KeyStore().auditKey(path: auditKey)
    let done = try StoreRestoration(
      repository: options.repo, storePath: options.store, branch: options.branch, trustRoot: try options.trustRootID(),
      auditKey: key.publicKey, credentials: options.credentials, at: try clock.clock()())
    for text in done.unseen { Output.words("not seen: \(escaped(text))\n") }
    let holds =
      done.holds == 0 ? "" : "\(done.holds) \(done.holds == 1 ? "hold waits" : "holds wait"): purser get held\n"
    Output.words(
      """
      policy \(done.policy.commit.prefix(10)) is in force, version \(done.policy.version), as of record \(done.record) of \
      \(done.madeAt), in audit commit \(done.commit.short)
      \(holds)Whether that is the newest record only another clone can show: purser audit log CLONE
      Now import counts of stock and open orders, then start 'purser run --store \(options.store)'

      """)
  }
}
