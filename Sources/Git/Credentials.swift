internal import Clibgit2
internal import Glibc

/// How to prove who we are to a remote, and how it proves itself to us.
///
/// Over SSH the key file is offered; without one, what `~/.ssh/config` names, the agent behind `SSH_AUTH_SOCK` and the user's
/// own Ed25519 key. Over HTTP the user name and
/// password (or token) are sent when the server asks; without a password, those that `git credential` knows.
public struct Credentials: Sendable, CustomStringConvertible {
  /// Path of an unencrypted Ed25519 private key; its public half is read from `<path>.pub`. RSA keys do not work:
  /// libssh2 1.10 signs with SHA-1, which servers refuse.
  public var sshKeyPath: String?
  public var userName: String?
  public var password: String?
  /// A file in the format of `known_hosts` that is used in place of `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`.
  public var knownHostsPath: String?
  /// A file in the format of ssh_config(5) that is used in place of `~/.ssh/config` and `/etc/ssh/ssh_config`.
  public var sshConfigurationPath: String?
  /// Who is asked for a password where none is given.
  public var helper: CredentialHelper?

  public init(
    sshKeyPath: String? = nil, userName: String? = nil, password: String? = nil, knownHostsPath: String? = nil,
    sshConfigurationPath: String? = nil, helper: CredentialHelper? = nil
  ) {
    self.sshConfigurationPath = sshConfigurationPath
    self.helper = helper
    self.sshKeyPath = sshKeyPath
    self.userName = userName
    self.password = password
    self.knownHostsPath = knownHostsPath
  }

  /// Says what is given, never the password.
  public var description: String {
    "Credentials(key: \(sshKeyPath ?? "none"), user: \(userName ?? "none"), password: \(password == nil ? "no" : "yes"))"
  }
}

/// What one connection was asked and has answered; passed through libgit2's void pointer to its callbacks.
final class Connection {
  let address: RemoteAddress
  let credentials: Credentials
  /// What `~/.ssh/config` says of the host; nil for other kinds of addresses.
  let host: SSHConfiguration.Host?
  /// The setting by which git would run another program for SSH.
  let unusedCommand: String?
  /// libgit2 asks again and again with a key that was refused, so the tries are counted here.
  private var tries = 0
  /// The user that a helper named.
  private var answered: String?
  /// The remote's own refusal of a pushed reference (a hook, a protected branch).
  var refusal: String?
  /// Why a callback stopped the connection; libgit2 may replace its own text on the way out.
  private(set) var failure: GitError?

  init(
    _ address: RemoteAddress, _ credentials: Credentials, host: SSHConfiguration.Host?, unusedCommand: String?
  ) {
    self.address = address
    self.credentials = credentials
    self.host = host
    self.unusedCommand = host == nil ? nil : unusedCommand
  }

  static func from(_ payload: UnsafeMutableRawPointer) -> Connection {
    Unmanaged<Connection>.fromOpaque(payload).takeUnretainedValue()
  }

  /// Answers libgit2's question for a credential of one of the `allowed` kinds.
  func answer(
    _ result: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?, userFromURL: String?, allowed: UInt32
  ) -> Int32 {
    func may(_ kind: git_credential_t) -> Bool { allowed & kind.rawValue != 0 }
    let user = userFromURL ?? credentials.userName ?? "git"
    if may(GIT_CREDENTIAL_USERNAME) { return git_credential_username_new(result, user) }
    if may(GIT_CREDENTIAL_SSH_KEY) { return answer(result, withKeyOf: user) }
    guard tries == 0 else {
      credentials.helper?.tell(address, isAccepted: false)
      return stop("authentication as '\(answered ?? user)' failed")
    }
    tries += 1
    if may(GIT_CREDENTIAL_USERPASS_PLAINTEXT), let password = credentials.password {
      return git_credential_userpass_plaintext_new(result, credentials.userName ?? user, password)
    }
    if may(GIT_CREDENTIAL_USERPASS_PLAINTEXT) {
      if let found = credentials.helper?.answer(for: address, user: userFromURL ?? credentials.userName) {
        answered = found.user
        return git_credential_userpass_plaintext_new(result, found.user, found.password)
      }
      let asked = credentials.helper == nil ? "" : ", and git's credential helpers have none"
      return stop(
        "the remote requires a password or token, and none was given\(asked): set PURSER_GIT_USER and PURSER_GIT_PASSWORD"
      )
    }
    return stop(
      "the remote requires a key, and none was given: name one with --ssh-key, or start an SSH agent (ssh-add)")
  }

  /// Offers one key after the other, each once.
  private func answer(
    _ result: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?, withKeyOf user: String
  ) -> Int32 {
    let keys = SSHKeys(credentials, host)
    guard tries < keys.offered.count else {
      return stop(
        tries > 0 ? "authentication as '\(user)' failed\(keys.unused)" : "the remote requires a key\(keys.unused)")
    }
    defer { tries += 1 }
    switch keys.offered[tries] {
    case .agent: return git_credential_ssh_key_from_agent(result, user)
    case .file(let path):
      guard access(path, R_OK) == 0, access(path + ".pub", R_OK) == 0 else {
        return stop("cannot read the key '\(path)' or '\(path).pub'")
      }
      return git_credential_ssh_key_new(result, user, path + ".pub", path, nil)
    }
  }

  /// Refuses the connection for a reason that only a person can change.
  func stop(_ reason: String) -> Int32 {
    failure = GitError(kind: .authentication, message: "cannot use '\(address)': \(reason)")
    git_error_set_str(Int32(GIT_ERROR_CALLBACK.rawValue), reason)
    return GIT_EAUTH.rawValue
  }
}
