import Digest
import FoundationEssentials
import Git
import Glibc
import Operations
import Verification

/// What this user verified before of a repository's trail: one small file in the user's cache directory.
///
/// It lies outside of the repository, so that nobody who hands a repository over, or pushes to it, can say that it was
/// verified. Another program, a file that others may write and one that is damaged count as nothing: then everything is
/// verified again.
struct VerifiedMemory {
  let path: String
  private let program: String

  /// - Parameter repository: known by the place where it lies, with links followed.
  /// - Returns: nil where it cannot be told which program this is.
  init?(
    of repository: Repository, branch: String,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    guard let program = Self.program else { return nil }
    self.program = program
    let base: String
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      base = cache
    } else {
      base = (environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? User.current.home) + "/.cache"
    }
    let name = SHA256Digest(of: "\(repository.gitDirectory)\n\(branch)").description.prefix(32)
    path = "\(base)/purser/verified/\(name).json"
  }

  func point() -> VerifiedPoint? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
      status.st_mode & 0o022 == 0, status.st_size <= Self.sizeLimit,
      let content = FileManager.default.contents(atPath: path),
      let json = try? JSONValue.parse([UInt8](content)), let point = json["verified"],
      json["program"]?.string == program,
      json["sum"]?.string == Self.sum(of: point)
    else { return nil }
    return VerifiedPoint(json: point)
  }

  /// Keeps a point, whole or not at all. Where that is not possible, the next verification reads everything again.
  func keep(_ point: VerifiedPoint) {
    let json: JSONValue = [
      "program": .string(program), "sum": .string(Self.sum(of: point.json)), "verified": point.json,
    ]
    let content = json.canonicalBytes + [UInt8(ascii: "\n")]
    guard content.count <= Self.sizeLimit, let slash = path.lastIndex(of: "/") else { return }
    try? FileManager.default.createDirectory(
      atPath: String(path[..<slash]), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let temporary = "\(path).\(getpid())"
    defer { unlink(temporary) }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    let isWritten = write(descriptor, content, content.count) == content.count
    close(descriptor)
    if isWritten { rename(temporary, path) }
  }

  private static let sizeLimit = 4 << 20

  private static func sum(of point: JSONValue) -> String { SHA256Digest(of: point.canonicalBytes).description }

  /// This very program: another one may verify more.
  private static let program: String? = {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 else { return nil }
    return "\(status.st_dev):\(status.st_ino):\(status.st_size):\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }()
}
