internal import Digest
internal import FoundationEssentials
internal import Glibc

/// The keys that are offered to an SSH server, as `ssh` chooses them, of those that libssh2 can use: Ed25519 without a
/// passphrase, and whatever an agent holds.
struct SSHKeys {
  enum Key: Hashable {
    case agent
    case file(String)
  }

  /// In the order in which they are tried.
  private(set) var offered: [Key] = []
  /// What was not offered, and what can be done, for the end of a sentence.
  private(set) var unused = ""

  static var home: String { getenv("HOME").map { String(cString: $0) } ?? "" }

  /// - Parameter host: what `~/.ssh/config` says.
  init(_ credentials: Credentials, _ host: SSHConfiguration.Host?) {
    if let path = credentials.sshKeyPath {
      offered = [.file(path)]
      return
    }
    let hasAgent = getenv("SSH_AUTH_SOCK") != nil
    let named = host?.identities ?? []
    let usable = named.filter { Self.problem(with: $0) == nil }
    offered = usable.map { .file($0) }
    if hasAgent, usable.isEmpty || host?.hasIdentitiesOnly != true { offered.append(.agent) }
    if named.isEmpty {
      let own = Self.home + "/.ssh/id_ed25519"
      if Self.problem(with: own) == nil { offered.append(.file(own)) }
    }
    if let path = named.first(where: { Self.problem(with: $0) != nil }), let problem = Self.problem(with: path) {
      unused = "; the key '\(path)' of ~/.ssh/config \(problem)" + (hasAgent ? "" : ": add it to an agent (ssh-add)")
    } else if offered.isEmpty {
      unused = ", and none was given: name one with --ssh-key, or start an SSH agent (ssh-add)"
    }
  }

  /// Why libssh2 cannot sign with a file; nil where it can.
  private static func problem(with path: String) -> String? {
    guard let content = FileManager.default.contents(atPath: path) else { return "cannot be read" }
    guard access(path + ".pub", R_OK) == 0 else { return "has no public half at '\(path).pub'" }
    do throws(KeyFileProblem) {
      _ = try PrivateKey(openSSH: String(decoding: content, as: UTF8.self))
      return nil
    } catch {
      return switch error {
      case .encrypted: "is protected by a passphrase"
      case .notOpenSSH, .notEd25519, .damaged: "is not an Ed25519 key that can be used here"
      }
    }
  }
}

extension Repository {
  /// `user@host:path` for `host:path` (git-clone(1)), whose user `~/.ssh/config` names, else the system.
  public static func address(ofShortForm text: String) -> String? {
    guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/"), colon != text.startIndex else {
      return nil
    }
    let home = SSHKeys.home
    let host = SSHConfiguration(files: SSHConfiguration.files(home: home), home: home).host(String(text[..<colon]))
    let user = host.user ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) }
    return user.map { "\($0)@\(text)" }.flatMap { isRemote($0) ? $0 : nil }
  }

  /// What the user's configuration says of the host of an address.
  /// - Throws: `.authentication` where it leads through another host.
  func sshHost(of address: RemoteAddress, _ credentials: Credentials) throws(GitError) -> SSHConfiguration.Host {
    let home = SSHKeys.home
    let files = credentials.sshConfigurationPath.map { [$0] } ?? SSHConfiguration.files(home: home)
    let configuration = SSHConfiguration(files: files, home: home)
    let host = configuration.host(address.host, user: address.user)
    if let proxy = host.proxy {
      throw GitError(
        kind: .authentication,
        message: "cannot use '\(address)': ~/.ssh/config leads to '\(address.host)' by way of '\(proxy)' (ProxyJump or"
          + " ProxyCommand), which Purser cannot do: forward a port (ssh -L 2222:\(host.name):\(host.port ?? 22) …) and use"
          + " ssh://127.0.0.1:2222/, or use an https:// address")
    }
    return host
  }

  /// The setting by which git would run another program for SSH; nil where there is none.
  var unusedSSHCommand: String? {
    for name in ["GIT_SSH_COMMAND", "GIT_SSH"] where getenv(name).map({ $0.pointee != 0 }) == true { return name }
    return configuration("core.sshCommand").flatMap { $0.isEmpty ? nil : "core.sshCommand" }
  }
}
