public import Diagnostics
import FoundationEssentials
import Glibc
public import Operations
import Synchronization

/// The time zones that a system knows: a folder of files, each read once.
///
/// A process that runs keeps the rules that it has read; after an update of the system's zones it must be started again.
public final class ZoneDatabase: Sendable {
  /// The zones of this computer: where `$TZDIR` says, else where every Linux keeps them.
  public static let system = ZoneDatabase(
    folder: ProcessInfo.processInfo.environment["TZDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/usr/share/zoneinfo")

  /// The problems that are no fault of whoever wrote the name.
  static let faults: Set = ["state.no_time_zones", "state.broken_time_zone"]

  private let folder: String
  private let known = Mutex<[String: ZoneRules]>(["UTC": .utc])

  public init(folder: String) { self.folder = folder }

  /// The rules of a zone by its name in the IANA database, such as `Europe/Berlin`. `UTC` needs no file.
  ///
  /// - Parameter location: where the name stands.
  public func rules(named name: String, at location: SourceLocation) throws(Diagnostic) -> ZoneRules {
    if let rules = known.withLock({ $0[name] }) { return rules }
    var isFolder = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else {
      throw Diagnostic(
        "state.no_time_zones", "cannot look up the time zone '\(name)': there is no folder '\(folder)'", at: location,
        hint: "install the Debian package tzdata, or set TZDIR to the folder of the time zones")
    }
    guard Self.isName(name), let bytes = read(folder + "/" + name) else {
      throw Diagnostic(
        "state.unknown_time_zone", "there is no time zone '\(name)'", at: location,
        hint: didYouMean(name, among: names()) ?? "use a name from the IANA database, for example Europe/Berlin or UTC")
    }
    do throws(ZoneFileProblem) {
      let rules = try ZoneFile.rules(name: name, bytes)
      known.withLock { $0[name] = rules }
      return rules
    } catch {
      throw Diagnostic(
        "state.broken_time_zone", "the file of the time zone '\(name)' cannot be used: \(error.reason)", at: location,
        hint: "reinstall the Debian package tzdata; the file is in '\(folder)'")
    }
  }

  /// Whether it can be the name of a zone. All begin with a capital letter and hold no dot, so that no name leads out of
  /// the folder, to `right/` (which counts leap seconds) or to `localtime` (which differs from computer to computer).
  private static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (0x41...0x5A).contains(first), name.utf8.count <= 64 else { return false }
    return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty
        && part.utf8.allSatisfy { byte in
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "_+-".utf8.contains(byte)
        }
    }
  }

  private func names() -> [String] {
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return ["UTC"] + paths.filter(Self.isName).sorted()
  }

  /// The content of an ordinary file of a size that a zone can have, also through a link; nil if it cannot be read.
  private func read(_ path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= ZoneFile.sizeLimit else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: ZoneFile.sizeLimit)
    let count = Glibc.read(file, &bytes, bytes.count)
    return count < 0 ? nil : Array(bytes.prefix(count))
  }
}
