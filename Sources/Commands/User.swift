import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#endif

/// Who runs the command, as the operating system knows them.
struct User {
  var login: String
  var fullName: String
  var home: String
  var host: String

  static var current: User {
    var buffer = [CChar](repeating: 0, count: 16_384)
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    var user = User(login: "user", fullName: "", home: "/", host: text(name))
    if getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil {
      user.login = String(cString: entry.pw_name)
      user.home = String(cString: entry.pw_dir)
      user.fullName = String(String(cString: entry.pw_gecos).prefix { $0 != "," })
    }
    if user.fullName.isEmpty { user.fullName = user.login }
    if user.host.isEmpty { user.host = "localhost" }
    return user
  }

  /// A path as git's configuration names it, where `~/` stands for the home folder.
  static func path(_ configured: String) -> String {
    guard configured.hasPrefix("~/") else { return configured }
    let home = ProcessInfo.processInfo.environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? current.home
    return home + configured.dropFirst(1)
  }

  private static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
