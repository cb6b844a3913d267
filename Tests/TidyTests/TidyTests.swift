import FoundationEssentials
import Testing

/// Style that a machine can check is a test.
@Suite struct TidyTests {
  struct Source: Sendable, CustomStringConvertible {
    var room: String
    var path: String
    var lines: [Substring]
    var description: String { path }
  }

  /// The package's folder, from where this file was compiled.
  static let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }

  static func sources(_ folder: String) -> [Source] {
    let base = root + "/" + folder
    return (try? FileManager.default.subpathsOfDirectory(atPath: base))?.sorted().compactMap { path in
      guard path.hasSuffix(".swift"), let content = FileManager.default.contents(atPath: base + "/" + path) else {
        return nil
      }
      let text = String(decoding: content, as: UTF8.self)
      return Source(
        room: String(path.prefix { $0 != "/" }), path: folder + "/" + path,
        lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    } ?? []
  }

  static let shipped = sources("Sources").filter { Rooms.allowed[$0.room] != nil }

  @Test func everyRoomIsKnown() {
    let proof: Set = ["TestSupport", "Simulation", "simulate", "Benchmarks", "CBaselines", "CFaults"]
    let rooms = Set(Self.sources("Sources").map(\.room))
    #expect(rooms.subtracting(proof) == Set(Rooms.allowed.keys))
  }

  @Test func arrowsPointOneWay() {
    for source in Self.shipped {
      for line in source.lines {
        var words = line.split(separator: " ")
        while let first = words.first,
          ["public", "internal", "private", "@preconcurrency", "@_exported"].contains(first)
        {
          words.removeFirst()
        }
        guard words.first == "import", let module = words.last.map(String.init) else { continue }
        #expect(Rooms.allowed[source.room]?.contains(module) == true, "\(source.path) may not import \(module)")
      }
    }
  }

  @Test func filesCanBeReadInOneSitting() {
    for source in Self.shipped + Self.sources("Tests") {
      #expect(source.lines.count <= 400, "\(source.path) has \(source.lines.count) lines")
    }
  }

  /// What may not stand in code that ships, and where it may.
  static let banned: [(word: String, except: Set<String>)] = [
    ("try!", []), ("as!", []), ("fatalError(", []), ("print(", []), ("TODO", []), ("FIXME", []),
    ("Date()", ["Commands"]),
    ("Task.sleep", ["Daemon"]), ("SystemRandomNumberGenerator", []), ("ContinuousClock", ["Commands"]),
    ("ISO8601DateFormatter", []), ("String(format:", []), ("@unchecked Sendable", []),
  ]

  @Test func bannedWordsStayOut() {
    for source in Self.shipped {
      for (index, line) in source.lines.enumerated() {
        for (word, except) in Self.banned where !except.contains(source.room) {
          let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false).first ?? line
          #expect(!code.contains(word), "\(source.path):\(index + 1) uses \(word)")
        }
      }
    }
  }

  /// The core has no effects: no clock, no file, no lock, no task.
  @Test func theCoreIsPure() {
    for source in Self.shipped where Rooms.core.keys.contains(source.room) || Rooms.words.keys.contains(source.room) {
      for (index, line) in source.lines.enumerated() {
        let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false).first ?? line
        for word in [" async ", "await ", "Mutex<", "FileManager", "getenv", "clock_gettime"] {
          #expect(!code.contains(word), "\(source.path):\(index + 1) uses \(word)")
        }
      }
    }
  }
}
