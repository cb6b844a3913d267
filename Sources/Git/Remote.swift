internal import Clibgit2

extension Repository {
  /// Whether a text names a remote (an URL of an allowed scheme, or `user@host:path`) and not a local folder.
  public static func isRemote(_ address: String) -> Bool { RemoteAddress(address) != nil }

  /// The address of a remote that the configuration names, as `url.*.insteadOf` has it; nil where there is none.
  public func address(ofRemote name: String) -> String? {
    var remote: OpaquePointer?
    guard git_remote_lookup(&remote, handle, name) == 0 else { return nil }
    defer { git_remote_free(remote) }
    return git_remote_url(remote).map { String(cString: $0) }
  }

  /// The references of a remote: one round trip, nothing is transferred.
  public func remoteReferences(of address: String, credentials: Credentials) throws(GitError) -> [String: ObjectID] {
    if let other = try Self.folder(of: address) { return try other.allReferences() }
    return try withRemote(address, credentials) { (remote, connection) throws(GitError) in
      try connection.connect(remote, GIT_DIRECTION_FETCH)
      return try connection.references(remote)
    }
  }

  /// Fetches `source: target` references; a rewritten branch moves its tracking reference too, for the caller to judge.
  /// Nothing is ever removed here because the remote no longer has it.
  public func fetch(_ address: String, _ references: [(source: String, target: String)], credentials: Credentials)
    throws(GitError)
  {
    if let other = try Self.folder(of: address) { return try fetch(from: other, references) }
    try withRemote(address, credentials) { (remote, connection) throws(GitError) in
      var options = git_fetch_options()
      git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
      options.callbacks = connection.callbacks
      options.proxy_opts.type = GIT_PROXY_AUTO
      options.prune = GIT_FETCH_NO_PRUNE
      options.update_fetchhead = 0
      options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
      let code = withStrings(references.map { "+\($0.source):\($0.target)" }) {
        git_remote_fetch(remote, $0, &options, "purser: fetch")
      }
      do throws(GitError) {
        try connection.check(code, "cannot fetch from '\(connection.address)'")
      } catch {
        throw obstacleToFetching ?? error
      }
    }
  }

  /// What libgit2 says to a server that it has leaves no room for a reference here, but for tags, that is not a commit.
  private var obstacleToFetching: GitError? {
    for (name, id) in (try? allReferences()) ?? [:] where !name.hasPrefix("refs/tags/") {
      guard let problem = problem(with: id, at: name) else { continue }
      return GitError(
        kind: .malformed,
        message: "cannot fetch into '\(gitDirectory)': \(problem); remove it: git update-ref -d \(name)")
    }
    return nil
  }

  /// Moves `reference` of the remote from `expected` (nil: it must not exist) to the commit that the local reference
  /// `source` points to. Never forces; a remote that is there already counts as done.
  ///
  /// - Throws: `.moved` when another writer was first; `.other` when the remote's hooks refuse.
  public func push(
    _ address: String, _ source: String, to reference: String, expecting expected: ObjectID?, credentials: Credentials
  ) throws(GitError) {
    guard let target = try self.reference(source) else {
      throw GitError(kind: .notFound, message: "there is no \(source) to push")
    }
    if let other = try Self.folder(of: address) {
      return try push(target, into: other, at: address, to: reference, expecting: expected)
    }
    try withRemote(address, credentials) { (remote, connection) throws(GitError) in
      // Compared with the list of the connection that uploads: the server repeats that comparison when it locks the
      // reference, so nobody can slip in between.
      try connection.connect(remote, GIT_DIRECTION_PUSH)
      let current = try connection.references(remote)[reference]
      if current == target { return }
      guard current == expected else {
        throw Self.lostRace(reference, of: connection.address.description, current, expected)
      }
      try connection.upload(remote, source, to: reference)
    }
  }

  /// libgit2's transport for `file://` overwrites without a comparison, and pushes to no repository with a work tree: copy,
  /// and compare under git's lock.
  private func push(
    _ target: ObjectID, into other: Repository, at address: String, to reference: String, expecting expected: ObjectID?
  ) throws(GitError) {
    let current = try other.reference(reference)
    if current == target { return }
    guard current == expected else { throw Self.lostRace(reference, of: address, current, expected) }
    try other.copy([target], from: self)
    let author = try commit(target).committer
    try other.setReference(
      reference, to: target, expecting: expected, by: author, reason: "purser: publish", isOurs: true)
  }

  private static func lostRace(
    _ reference: String, of address: String, _ current: ObjectID?, _ expected: ObjectID?
  ) -> GitError {
    GitError(
      kind: .moved,
      message: "\(reference) of '\(address)' is at \(current?.short ?? "nothing"), not \(expected?.short ?? "nothing")")
  }

  private func withRemote<Result>(
    _ text: String, _ credentials: Credentials, _ body: (OpaquePointer, Connection) throws(GitError) -> Result
  ) throws(GitError) -> Result {
    guard let address = RemoteAddress(text) else {
      throw GitError(kind: .other, message: "'\(text)' is not a file, ssh or http address")
    }
    var remote: OpaquePointer?
    try check(git_remote_create_anonymous(&remote, handle, text), "cannot use '\(address)'")
    guard let remote else { throw GitError(kind: .other, message: "cannot use '\(address)'") }
    defer {
      git_remote_disconnect(remote)
      git_remote_free(remote)
    }
    let connection = Connection(address, credentials)
    // The pointer in its callbacks is not counted: keep the object until the remote is done with it.
    return try withExtendedLifetime(connection) { () throws(GitError) in try body(remote, connection) }
  }
}

extension Connection {
  var callbacks: git_remote_callbacks {
    var callbacks = git_remote_callbacks()
    git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
    callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
    callbacks.credentials = { result, _, user, allowed, payload in
      guard let payload else { return GIT_EUSER.rawValue }
      return Connection.from(payload).answer(
        result, userFromURL: user.map { String(cString: $0) }, allowed: allowed)
    }
    callbacks.certificate_check = { certificate, isValid, _, payload in
      guard let payload else { return GIT_EUSER.rawValue }
      return Connection.from(payload).judge(certificate, isValid: isValid == 1)
    }
    callbacks.push_update_reference = { _, status, payload in
      guard let status, let payload else { return 0 }
      Connection.from(payload).refusal = String(cString: status)
      return -1
    }
    return callbacks
  }

  func connect(_ remote: OpaquePointer, _ direction: git_direction) throws(GitError) {
    var callbacks = callbacks
    var proxy = git_proxy_options()
    git_proxy_options_init(&proxy, UInt32(GIT_PROXY_OPTIONS_VERSION))
    proxy.type = GIT_PROXY_AUTO
    let code = git_remote_connect(remote, direction, &callbacks, &proxy, nil)
    try check(code, "cannot reach '\(address)'")
    credentials.helper?.tell(address, isAccepted: true)
  }

  func references(_ remote: OpaquePointer) throws(GitError) -> [String: ObjectID] {
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

  func upload(_ remote: OpaquePointer, _ source: String, to target: String) throws(GitError) {
    var options = git_push_options()
    git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION))
    options.callbacks = callbacks
    options.proxy_opts.type = GIT_PROXY_AUTO
    let code = withStrings(["\(source):\(target)"]) { git_remote_upload(remote, $0, &options) }
    if let refusal {
      // The words of git-receive-pack for a reference that is not where it was when the connection began.
      let moved = ["non-fast-forward", "failed to update ref", "failed to lock", "already exists"]
      throw GitError(
        kind: moved.contains(where: refusal.contains) ? .moved : .other,
        message: "'\(address)' refused \(target): \(refusal)")
    }
    try check(code, "cannot push \(target) to '\(address)'")
  }

  /// Prefers the reason that a callback gave to libgit2's own.
  func check(_ code: Int32, _ action: @autoclosure () -> String) throws(GitError) {
    if code < 0, let failure { throw failure }
    try Git.check(code, action())
  }
}
