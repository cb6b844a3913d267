import ArgumentParser
import Diagnostics
import Digest
import FoundationEssentials
import Git
import Operations

/// `purser init DIR`: an operations repository to start from.
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Create an operations repository with Purser's sample company.",
    discussion: """
      Creates a git repository with one signed commit. If git is set up to sign with SSH (gpg.format=ssh, \
      user.signingkey), that key is used: Ed25519, ECDSA, RSA or a security key, in a file or an agent. If there is none, \
      or it cannot sign now, a new key is created in ~/.config/purser and used in this repository only.
      """)

  @Argument(help: "A new or empty folder.") var folder: String
  @Option(help: "The folder with Purser's state/, templates/ and hooks/.") var share: String?
  @Option(help: "The daemon's private key, which signs the audit branch (default: a key in ~/.config/purser).")
  var auditKey: String?

  func run() throws {
    let keys = KeyStore()
    let now = Instant.wallClock
    let made = try NewRepository(
      folder: folder, share: try Share.find(share), keys: keys, auditKeyPath: auditKey, now: now
    ).make()
    Output.words(report(made))
  }

  private func report(_ made: NewRepository.Made) -> String {
    let identity = made.identity
    var lines = ["Created '\(folder)': \(made.fileCount) files in one commit on main, \(made.commit.short)."]
    if let refusal = identity.refusal { lines.append("Your own signing key was not used: \(refusal).") }
    let origin = identity.isNewKey ? "a new key" : "the key"
    let place = SigningKey.literal(identity.setting) == nil ? identity.setting : "in your agent"
    lines.append("Commits are signed with \(origin) \(place) (\(identity.key.publicKey.fingerprint)).")
    let auditOrigin = made.auditKey.isNew ? "a new key" : "the key"
    lines.append("The daemon signs the audit branch with \(auditOrigin) \(made.auditKey.path).")
    if !identity.isConfigured {
      lines.append(
        "Git has no user.name and user.email for you; this repository uses \(identity.person.name) <\(identity.person.email)>."
      )
    }
    lines.append(
      "\(identity.resourceName) may change everything without review; state/governance/ defines who may change what.")
    if !Self.isOnPath("ssh-keygen") {
      lines.append("ssh-keygen is missing, and git needs it to sign and verify: install openssh-client.")
    }
    return lines.joined(separator: "\n") + "\n\nNext:\n" + Self.nextSteps(folder)
  }

  private static func nextSteps(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { $0 > 0x20 && !"'\"\\$`&|;<>()*?[]#~=%!{}".utf8.contains($0) }
    let folder = isPlain ? name : "'\(name.replacing("'", with: "'\\''"))'"
    return """
        purser validate \(folder)
        purser import --repo \(folder) --store ops.db events.jsonl
        purser plan --repo \(folder) --store ops.db
        purser run --once --repo \(folder) --store ops.db

      """
  }

  private static func isOnPath(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }
}
