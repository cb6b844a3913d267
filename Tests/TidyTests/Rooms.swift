/// Which room may import which: the table of the architecture. What a row does not name, the room may not know.
enum Rooms {
  static let words = ["Diagnostics": "", "Digest": "Clibcrypto"]

  static let core = [
    "Operations": "Digest Diagnostics",
    "DesiredState": "Operations Diagnostics",
    "Planning": "DesiredState Digest Operations Diagnostics",
    "Approvals": "Planning DesiredState Digest Operations Diagnostics",
    "Reconciling": "Approvals Planning DesiredState Digest Operations Diagnostics",
    "Reports": "Approvals Planning DesiredState Operations Diagnostics",
    "ActualState": "Digest Operations",
  ]

  static let wrappers = [
    "Git": "Clibgit2 Digest", "YAML": "Clibyaml Diagnostics", "SQLite": "Clibsqlite3", "BlockingExecutor": "",
    "HTTPClient": "Clibcurl Digest",
  ]

  static let adapters = [
    "DesiredStateFiles": "YAML Git Digest DesiredState Operations Diagnostics",
    "SQLiteStore": "SQLite ActualState Digest Operations",
    "Intake": "YAML ActualState Digest Operations Diagnostics",
    "AuditTrail": "Git ActualState Reconciling Digest Approvals Planning DesiredState Operations Diagnostics",
    "Verification":
      "AuditTrail ActualState DesiredStateFiles Reconciling Git Digest Approvals Planning DesiredState Operations "
      + "Diagnostics",
    "Forges": "HTTPClient Reports Approvals DesiredState Digest Operations Diagnostics",
  ]

  /// The shell may import every room above it.
  static let shell = ["Daemon", "Console", "Commands", "purser"]

  /// What from outside each layer may import.
  static let outside: [(rooms: [String], modules: Set<String>)] = [
    (Array(words.keys) + Array(core.keys), ["Glibc"]),
    (Array(wrappers.keys) + Array(adapters.keys), ["Glibc", "Synchronization", "Dispatch", "FoundationEssentials"]),
    (shell, ["Glibc", "Synchronization", "Dispatch", "FoundationEssentials", "ArgumentParser"]),
    (["Console"], ["Hummingbird", "HummingbirdCore", "HTTPTypes", "Logging", "NIOCore"]),
  ]

  static var allowed: [String: Set<String>] {
    var allowed: [String: Set<String>] = [:]
    for (room, row) in [words, core, wrappers, adapters].flatMap({ $0 }) {
      allowed[room] = Set(row.split(separator: " ").map(String.init))
    }
    let ready = Set(allowed.keys)
    for (index, room) in shell.enumerated() { allowed[room] = ready.union(shell.prefix(index)) }
    for (rooms, modules) in outside { for room in rooms { allowed[room]?.formUnion(modules) } }
    return allowed
  }
}
