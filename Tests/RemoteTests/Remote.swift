import Digest
import Git
import Glibc
import TestSupport
import Testing

/// A real remote on loopback: a bare repository behind a server, and a work tree that stands for the colleagues.
final class Remote {
  enum Kind: CaseIterable { case file, ssh, http }

  let kind: Kind
  let scratch: ScratchFolder
  /// The bare repository, as its owner reaches it.
  let bare: GitCommand
  /// The clone of a colleague, who pushes by path.
  let colleague: GitCommand
  /// What the address of a repository begins with.
  private(set) var base: String
  private(set) var credentials = Credentials()
  /// Credentials that the server refuses; none for a server that asks for none.
  private(set) var refused: [Credentials] = []
  private var servers: [ChildProcess] = []

  /// Starts the server; cancels the test, saying why, where it is not installed.
  init(_ kind: Kind) throws {
    self.kind = kind
    scratch = try ScratchFolder()
    bare = try GitCommand.initialise(scratch, "remote.git", bare: true)
    try bare("config", "http.receivepack", "true")
    colleague = try GitCommand.initialise(scratch, "colleague")
    try colleague("remote", "add", "origin", bare.folder)
    base = "file://\(scratch.path)"
    switch kind {
    case .file: break
    case .ssh: try startSSH()
    case .http: try startHTTP()
    }
  }

  deinit { for server in servers { server.stop() } }

  var address: String { "\(base)/remote.git" }

  func source(_ mirror: String = "mirror", _ credentials: Credentials? = nil, address: String? = nil) throws
    -> PolicySource
  {
    try PolicySource(
      address: address ?? self.address, mirrorPath: scratch.path(mirror), credentials: credentials ?? self.credentials)
  }

  /// Commits and pushes to the remote's `branch`, as a colleague does.
  @discardableResult
  func push(_ message: String, to branch: String = "main", force: Bool = false) throws -> ObjectID {
    try scratch.write(message, to: "colleague/file")
    let commit = try colleague.commitAll(message)
    try colleague(["push", "-q", "origin"] + (force ? ["--force"] : []) + ["HEAD:refs/heads/\(branch)"])
    return try id(commit)
  }

  /// Ends the server, or takes the folder away that stands for it.
  func stop() throws {
    if servers.isEmpty { try succeed("mv", bare.folder, bare.folder + ".gone") }
    for server in servers { server.stop() }
  }

  /// Ends the SSH server and counts the sessions that it let in.
  func sessionsUntilNow() throws -> Int {
    try stop()
    return servers[0].wait().errors.split(whereSeparator: \.isNewline).count { $0.contains("Accepted publickey") }
  }

  // MARK: Servers

  private func startSSH() throws {
    guard access("/usr/sbin/sshd", X_OK) == 0 else { try Test.cancel("sshd is not installed") }
    let port = try freePort()
    let hostKey = try writeKey("host", seed: 1)
    let userKey = try writeKey("user", seed: 2)
    _ = try writeKey("stranger", seed: 3)
    try scratch.write("\(userKey)\n", to: "authorized_keys")
    let config = try scratch.write(
      """
      Port \(port)
      ListenAddress 127.0.0.1
      HostKey \(scratch.path("host"))
      AuthorizedKeysFile \(scratch.path("authorized_keys"))
      PidFile none
      UsePAM no
      StrictModes no
      PasswordAuthentication no
      PermitRootLogin yes
      """, to: "sshd_config")
    // sshd refuses to start as root without its empty folder for unprivileged children.
    if getuid() == 0 { try succeed("mkdir", "-p", "/run/sshd") }
    try start(["/usr/sbin/sshd", "-D", "-e", "-f", config], port: port)
    let known = try scratch.write("[127.0.0.1]:\(port) \(hostKey)\n", to: "known_hosts")
    let user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? ""
    base = "ssh://\(user)@127.0.0.1:\(port)\(scratch.path)"
    credentials = Credentials(sshKeyPath: scratch.path("user"), knownHostsPath: known)
    refused = [
      Credentials(sshKeyPath: scratch.path("stranger"), knownHostsPath: known),
      Credentials(sshKeyPath: scratch.path("no-such-key"), knownHostsPath: known),
      Credentials(knownHostsPath: known),
      Credentials(sshKeyPath: scratch.path("user"), knownHostsPath: scratch.path("authorized_keys")),
      Credentials(sshKeyPath: scratch.path("user")),
    ]
  }

  private func startHTTP() throws {
    for program in ["/usr/sbin/nginx", "/usr/sbin/fcgiwrap", "/usr/lib/git-core/git-http-backend"] {
      guard access(program, X_OK) == 0 else { try Test.cancel("\(program) is not installed") }
    }
    let port = try freePort()
    try scratch.write("daemon:{PLAIN}secret\n", to: "passwords")
    let config = try scratch.write(
      """
      daemon off; pid \(scratch.path("nginx.pid")); error_log stderr; \(getuid() == 0 ? "user root;" : "")
      events {}
      http {
        access_log off;
        client_body_temp_path \(scratch.path("body")); proxy_temp_path \(scratch.path("proxy"));
        fastcgi_temp_path \(scratch.path("fastcgi")); uwsgi_temp_path \(scratch.path("uwsgi"));
        scgi_temp_path \(scratch.path("scgi"));
        server {
          listen 127.0.0.1:\(port);
          auth_basic git; auth_basic_user_file \(scratch.path("passwords"));
          client_max_body_size 0;
          location / {
            fastcgi_pass unix:\(scratch.path("cgi.socket"));
            fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
            fastcgi_param GIT_PROJECT_ROOT \(scratch.path); fastcgi_param GIT_HTTP_EXPORT_ALL 1;
            fastcgi_param PATH_INFO $uri; fastcgi_param QUERY_STRING $query_string;
            fastcgi_param REQUEST_METHOD $request_method; fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length; fastcgi_param REMOTE_USER $remote_user;
          }
        }
      }
      """, to: "nginx.conf")
    try start(["/usr/sbin/fcgiwrap", "-s", "unix:\(scratch.path("cgi.socket"))"], port: nil)
    try start(["/usr/sbin/nginx", "-e", "stderr", "-p", scratch.path, "-c", config], port: port)
    base = "http://127.0.0.1:\(port)"
    credentials = Credentials(userName: "daemon", password: "secret")
    refused = [Credentials(userName: "daemon", password: "wrong"), Credentials()]
  }

  private func writeKey(_ name: String, seed: UInt8) throws -> PublicKey {
    let key = try #require(PrivateKey(seed: [UInt8](repeating: seed, count: 32)))
    try scratch.write(key.openSSH(comment: name), to: name)
    try succeed("chmod", "600", scratch.path(name))
    try scratch.write("\(key.publicKey)\n", to: "\(name).pub")
    return key.publicKey
  }

  private func start(_ words: [String], port: UInt16?) throws {
    // The time limit ends a server whose test crashed.
    let server = try ChildProcess(
      "timeout", ["300"] + words,
      environment: ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/bin", "HOME": scratch.path])
    servers.append(server)
    let ready = waitUntil(server.isRunning) {
      port.map(accepts) ?? (access(self.scratch.path("cgi.socket"), F_OK) == 0)
    }
    guard ready else {
      server.stop()
      throw ServerFailed(description: "\(words[0]) did not start: \(server.wait().errors)")
    }
  }
}

struct ServerFailed: Error, CustomStringConvertible {
  let description: String
}

func succeed(_ program: String, _ arguments: String...) throws {
  let result = try ChildProcess.run(program, arguments, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
  try #require(result.status == 0, "\(program) \(arguments): \(result.errors)")
}
