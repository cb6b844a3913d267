internal import Clibgit2

/// How to prove who we are to a remote.
public struct Credentials: Sendable {
  /// Path of an unencrypted Ed25519 private key; its public half is read from `<path>.pub`.
  public var sshKeyPath: String?
  public var userName: String?
  public var password: String?

  public init(sshKeyPath: String? = nil, userName: String? = nil, password: String? = nil) {
    self.sshKeyPath = sshKeyPath
    self.userName = userName
    self.password = password
  }
}

/// Passed through libgit2's void pointer to the credentials callback. libgit2 asks again and again with a key that was
/// refused, so the tries are counted here.
private final class Asked {
  let credentials: Credentials
  var tries = 0
  var refusal: String?
  init(_ credentials: Credentials) { self.credentials = credentials }
}

extension Repository {
  /// Whether a text names a remote (an URL of an allowed scheme, or `user@host:path`) and not a local folder.
  public static func isRemote(_ address: String) -> Bool {
    if ["file://", "ssh://", "http://", "https://"].contains(where: address.hasPrefix) { return true }
    guard let colon = address.firstIndex(of: ":"), !address[..<colon].contains("/") else { return false }
    return address[..<colon].contains("@")
  }

  /// The references of a remote: one round trip, nothing is transferred.
  public func remoteReferences(of address: String, credentials: Credentials) throws(GitError) -> [String: ObjectID] {
    try withRemote(address, credentials) { (remote, callbacks) throws(GitError) in
      var callbacks = callbacks
      try check(git_remote_connect(remote, GIT_DIRECTION_FETCH, &callbacks, nil, nil), "cannot reach '\(address)'")
      defer { git_remote_disconnect(remote) }
      var heads: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
      var count = 0
      try check(git_remote_ls(&heads, &count, remote), "cannot list the references of '\(address)'")
      var result: [String: ObjectID] = [:]
      for index in 0..<count {
        guard let head = heads?[index]?.pointee, let name = head.name else { continue }
        result[String(cString: name)] = ObjectID(head.oid)
      }
      return result
    }
  }

  /// Fetches `source: target` references; a rewritten branch moves its tracking reference too, for the caller to judge.
  public func fetch(_ address: String, _ references: [(source: String, target: String)], credentials: Credentials)
    throws(GitError)
  {
    try withRemote(address, credentials) { (remote, callbacks) throws(GitError) in
      var options = git_fetch_options()
      git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
      options.callbacks = callbacks
      options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
      let code = withStrings(references.map { "+\($0.source):\($0.target)" }) {
        git_remote_fetch(remote, $0, &options, "purser: fetch")
      }
      try check(code, "cannot fetch from '\(address)'")
    }
  }

  /// Pushes one reference without force: throws `.moved` when the remote has what we do not.
  public func push(_ address: String, _ reference: String, credentials: Credentials) throws(GitError) {
    try withRemote(address, credentials) { (remote, callbacks) throws(GitError) in
      var options = git_push_options()
      git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION))
      options.callbacks = callbacks
      // The remote's own refusal (a hook, a protected branch) arrives here and not in the return code.
      options.callbacks.push_update_reference = { _, status, payload in
        guard let status, let payload else { return 0 }
        Unmanaged<Asked>.fromOpaque(payload).takeUnretainedValue().refusal = String(cString: status)
        return -1
      }
      let code = withStrings(["\(reference):\(reference)"]) { git_remote_push(remote, $0, &options) }
      if let payload = options.callbacks.payload,
        let refusal = Unmanaged<Asked>.fromOpaque(payload).takeUnretainedValue().refusal
      {
        throw GitError(kind: .moved, message: "'\(address)' refused \(reference): \(refusal)")
      }
      try check(code, "cannot push \(reference) to '\(address)'")
    }
  }

  private func withRemote<Result>(
    _ address: String, _ credentials: Credentials,
    _ body: (OpaquePointer, git_remote_callbacks) throws(GitError) -> Result
  ) throws(GitError) -> Result {
    guard Self.isRemote(address) else {
      throw GitError(kind: .other, message: "'\(address)' is not a file, ssh or http address")
    }
    var pointer: OpaquePointer?
    try check(git_remote_create_anonymous(&pointer, handle, address), "cannot use '\(address)'")
    guard let pointer else { throw GitError(kind: .other, message: "cannot use '\(address)'") }
    defer { git_remote_free(pointer) }
    let asked = Asked(credentials)
    var callbacks = git_remote_callbacks()
    git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
    callbacks.payload = Unmanaged.passUnretained(asked).toOpaque()
    callbacks.credentials = answer
    // The pointer in `callbacks` is not counted: keep the object until the remote is done with it.
    return try withExtendedLifetime(asked) { () throws(GitError) in try body(pointer, callbacks) }
  }
}

private func answer(
  _ result: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?, _ url: UnsafePointer<CChar>?,
  _ userFromURL: UnsafePointer<CChar>?, _ allowed: UInt32, _ payload: UnsafeMutableRawPointer?
) -> Int32 {
  guard let payload else { return GIT_EUSER.rawValue }
  let asked = Unmanaged<Asked>.fromOpaque(payload).takeUnretainedValue()
  let user = userFromURL.map { String(cString: $0) } ?? asked.credentials.userName ?? "git"
  if allowed & GIT_CREDENTIAL_USERNAME.rawValue != 0 { return git_credential_username_new(result, user) }
  asked.tries += 1
  guard asked.tries == 1 else {
    git_error_set_str(Int32(GIT_ERROR_SSH.rawValue), "authentication was refused")
    return GIT_EAUTH.rawValue
  }
  if allowed & GIT_CREDENTIAL_SSH_KEY.rawValue != 0, let path = asked.credentials.sshKeyPath {
    return git_credential_ssh_key_new(result, user, path + ".pub", path, nil)
  }
  if allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT.rawValue != 0, let password = asked.credentials.password {
    return git_credential_userpass_plaintext_new(result, asked.credentials.userName ?? user, password)
  }
  git_error_set_str(Int32(GIT_ERROR_SSH.rawValue), "authentication is needed and no key or password was given")
  return GIT_EAUTH.rawValue
}

private func withStrings<Result>(_ texts: [String], _ body: (UnsafePointer<git_strarray>) -> Result) -> Result {
  var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { text in
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
    for (index, byte) in text.utf8.enumerated() { copy[index] = CChar(bitPattern: byte) }
    copy[text.utf8.count] = 0
    return copy
  }
  defer { for pointer in pointers { pointer?.deallocate() } }
  return pointers.withUnsafeMutableBufferPointer { buffer in
    var array = git_strarray(strings: buffer.baseAddress, count: buffer.count)
    return body(&array)
  }
}
