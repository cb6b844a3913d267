import DesiredState
import DesiredStateFiles
import Diagnostics
import Digest
import FoundationEssentials
import Git
import Operations

/// Makes an operations repository: Purser's sample files, the people who may change them, and one signed commit.
struct NewRepository {
  let folder: String
  let share: Share
  let keys: KeyStore
  /// The daemon's key, where it is not the one of the configuration directory.
  var auditKeyPath: String?
  let now: Instant

  /// What was made, for the words that follow.
  struct Made {
    var commit: ObjectID
    var identity: SigningIdentity
    var auditKey: KeyStore.StoredKey
    var fileCount: Int
  }

  static let allowedSigners = ".purser/allowed_signers"
  static let schema = ".purser/schemas/purser.json"

  /// Nothing of what was made in `folder` is left when this throws.
  func make() throws -> Made {
    let isNew = try checkIsFree()
    do {
      let repository = try Repository.create(path: folder)
      let identity = try SigningIdentity.find(in: repository, keys: keys)
      let auditKey = try keys.auditKeyOrNew(path: auditKeyPath)
      do {
        return try fill(repository, identity, auditKey)
      } catch let problem as Diagnostic where problem.id == SSHKeygen.didNotSign {
        // Whoever has the key of git's configuration is not there: the first commit need not wait for it.
        let other = try SigningIdentity(
          identity.person, isConfigured: identity.isConfigured, keys: keys, because: problem.message)
        return try fill(repository, other, auditKey)
      }
    } catch {
      clear(removingFolder: isNew)
      throw error
    }
  }

  private func fill(_ repository: Repository, _ identity: SigningIdentity, _ auditKey: KeyStore.StoredKey) throws
    -> Made
  {
    let files = try content(identity, auditKey.key.publicKey)
    for file in files { try write(file) }
    let loaded = WorkFolder(path: folder).load()
    guard loaded.isUsable else { throw Diagnostics(loaded.diagnostics) }
    try repository.setConfiguration(configuration(identity))
    var failure: Diagnostic?
    let commit = try repository.writeCommit(
      tree: repository.stage(files.map(\.path)), parents: [], author: identity.person, time: now.seconds,
      message: "Start the operations repository\n\nThis commit is the trust root: it says whose changes take effect.\n"
    ) { bytes in
      do throws(Diagnostic) { return try identity.key.sign(bytes, namespace: SSHSignature.gitNamespace) } catch {
        failure = error
        return ""
      }
    }
    // Nothing leads to the commit yet: without a signature it is as if it had not been written.
    if let failure { throw failure }
    try repository.setReference(
      "refs/heads/main", to: commit, expecting: nil, by: identity.person, reason: "purser init")
    return Made(commit: commit, identity: identity, auditKey: auditKey, fileCount: files.count)
  }

  /// Whether the folder does not exist yet; throws when something stands in it.
  private func checkIsFree() throws(Diagnostic) -> Bool {
    guard FileManager.default.fileExists(atPath: folder) else { return true }
    guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw Diagnostic(
        "init.not_a_folder", "'\(folder)' is not a readable folder", hint: "give the name of a new folder")
    }
    guard entries.isEmpty else {
      throw Diagnostic("init.not_empty", "'\(folder)' is not empty", hint: "give the name of a new or empty folder")
    }
    return false
  }

  private func clear(removingFolder: Bool) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      try? FileManager.default.removeItem(atPath: folder + "/" + name)
    }
    if removingFolder { try? FileManager.default.removeItem(atPath: folder) }
  }

  private func content(_ identity: SigningIdentity, _ auditKey: PublicKey) throws(Diagnostic) -> [Share.File] {
    var files = try share.files(in: "hooks").map { file in
      Share.File(path: "hooks/" + file.path, content: file.content, isExecutable: file.isExecutable)
    }
    for file in try share.files(in: "state") {
      var text = file.path.hasSuffix(".yaml") ? Self.modeline(depth: file.path.split(separator: "/").count) : ""
      text += String(decoding: file.content, as: UTF8.self)
      if file.path == "purser.yaml" {
        text +=
          "# The daemon's public key: only commits that it signed count as audit records.\naudit_key: \(auditKey)\n"
      }
      files.append(Share.File(path: "state/" + file.path, content: Array(text.utf8)))
    }
    for file in try share.files(in: "templates/repository") {
      files.append(Share.File(path: file.path, content: render(file.content, identity)))
    }
    files.append(Share.File(path: "state/governance/people.yaml", content: people(identity)))
    let signers =
      "\(principal(identity)) \(Self.signer(identity.key.publicKey))purser-audit \(Self.signer(auditKey))"
    files.append(Share.File(path: Self.allowedSigners, content: Array(signers.utf8)))
    files.append(Share.File(path: Self.schema, content: Array((JSONSchema.bundle().pretty() + "\n").utf8)))
    return files
  }

  /// The first line by which editors find the schema of a file that lies `depth` folders below the root.
  private static func modeline(depth: Int) -> String {
    "# yaml-language-server: $schema=\(String(repeating: "../", count: depth))\(schema)\n"
  }

  private func people(_ identity: SigningIdentity) -> [UInt8] {
    let name = identity.resourceName
    let text = """
      \(Self.modeline(depth: 2))# Who may change what. A change takes effect only if a person listed here signed it and one of the person's
      # roles covers every path and kind that it touches. Changes to this folder may not be mixed with others.
      kind: Person
      name: \(name)
      email: \(JSONValue.string(identity.person.email).canonical)
      keys:
        - \(identity.key.publicKey)
      ---
      kind: Role
      name: owner
      people: [\(name)]
      kinds: ["*"]             # any kind of resource
      paths: ["**"]            # any file, hooks and templates included

      # A colleague who may change channels looks like this (README.md has all the steps):
      #
      # ---
      # kind: Person
      # name: ada-lovelace
      # email: ada@example.com
      # keys:
      #   - ssh-ed25519 AAAA… ada@example.com      # the one line of Ada's .pub file
      # ---
      # kind: Role
      # name: channel-manager
      # people: [ada-lovelace]
      # kinds: [Channel, Protection]
      # paths: ["state/channels/**", "state/allocation/**"]

      """
    return Array(text.utf8)
  }

  private func render(_ template: [UInt8], _ identity: SigningIdentity) -> [UInt8] {
    let values = [
      "folder": Self.name(of: folder), "person": identity.person.name,
    ]
    var text = String(decoding: template, as: UTF8.self)
    for (name, value) in values { text = text.replacing("{{\(name)}}", with: value) }
    return Array(text.utf8)
  }

  /// The last part of the folder's full path: `.` has a name too.
  private static func name(of folder: String) -> String {
    let full = folder.hasPrefix("/") ? folder : FileManager.default.currentDirectoryPath + "/" + folder
    var parts: [Substring] = []
    for part in full.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts.last.map(String.init) ?? "operations"
  }

  /// The first word of an allowed-signers line is a list of patterns: an address with other characters would be one.
  private func principal(_ identity: SigningIdentity) -> String {
    let email = identity.person.email
    let isPlain = email.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || ".@_+-".utf8.contains($0)
    }
    return isPlain ? email : identity.resourceName
  }

  private static func signer(_ key: PublicKey) -> String { "namespaces=\"git\" \(key)\n" }

  /// With these a plain `git commit` or `git revert` is signed, and git itself verifies signatures.
  private func configuration(_ identity: SigningIdentity) -> [(key: String, value: String)] {
    var values = [
      (key: "gpg.format", value: "ssh"), ("user.signingkey", identity.setting), ("commit.gpgsign", "true"),
      ("gpg.ssh.allowedSignersFile", Self.allowedSigners),
    ]
    if !identity.isConfigured {
      values += [("user.name", identity.person.name), ("user.email", identity.person.email)]
    }
    return values
  }

  private func write(_ file: Share.File) throws {
    let path = folder + "/" + file.path
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? folder
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    let mode = file.isExecutable ? 0o755 : 0o644
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data(file.content), attributes: [.posixPermissions: mode])
    else { throw Diagnostic("init.cannot_write", "'\(path)' cannot be written", hint: "is the disk full?") }
  }
}
