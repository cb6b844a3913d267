// swift-tools-version: 6.1
import PackageDescription

/// The settings of every Swift target. Young features stand in one place, so that they are easy to drop.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .unsafeFlags(["-warnings-as-errors"]),
]

/// A room of the house. The arrows (`may import`) are guarded by `TidyTests`.
func room(_ name: String, _ imports: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: strict)
}

func cLibrary(_ name: String, pkgConfig: String, debian: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

func tests(_ name: String, _ imports: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: imports, swiftSettings: strict)
}

func proof(_ name: String, _ imports: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: imports, exclude: name == "Benchmarks" ? ["Solving/Routing/mip.py"] : [],
    swiftSettings: strict)
}

let desiredState: [Target.Dependency] = ["DesiredState", "Operations", "Diagnostics"]
let judging: [Target.Dependency] = ["Reconciling", "Approvals", "Planning"] + desiredState
let shell: [Target.Dependency] =
  [
    "Verification", "AuditTrail", "Intake", "SQLiteStore", "ActualState", "DesiredStateFiles", "Reports", "Forges",
    "Git", "YAML", "HTTPClient", "Digest",
  ] + judging
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird: [Target.Dependency] = [
  .product(name: "Hummingbird", package: "hummingbird"),
  .product(name: "HummingbirdCore", package: "hummingbird"),
  .product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log"),
  .product(name: "NIOCore", package: "swift-nio"),
]

let package = Package(
  name: "purser",
  products: [
    .executable(name: "purser", targets: ["purser"]),
    .executable(name: "simulate", targets: ["simulate"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
    // What Hummingbird is built on, as far as the console speaks of it.
    .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
  ],
  targets: [
    // Words
    room("Diagnostics"),
    room("Digest", ["Clibcrypto"]),

    // Core: pure
    room("Operations", ["Digest", "Diagnostics"]),
    room("DesiredState", ["Operations", "Diagnostics"]),
    room("Planning", ["DesiredState", "Digest", "Operations", "Diagnostics"]),
    room("Approvals", ["Planning", "DesiredState", "Digest", "Operations", "Diagnostics"]),
    room("Reconciling", ["Approvals", "Planning", "DesiredState", "Digest", "Operations", "Diagnostics"]),
    room("Reports", ["Approvals", "Planning", "DesiredState", "Operations", "Diagnostics"]),
    room("ActualState", ["Digest", "Operations"]),

    // C libraries and their wrappers
    cLibrary("Clibgit2", pkgConfig: "libgit2", debian: "libgit2-dev"),
    cLibrary("Clibyaml", pkgConfig: "yaml-0.1", debian: "libyaml-dev"),
    cLibrary("Clibsqlite3", pkgConfig: "sqlite3", debian: "libsqlite3-dev"),
    cLibrary("Clibcrypto", pkgConfig: "libcrypto", debian: "libssl-dev"),
    cLibrary("Clibcurl", pkgConfig: "libcurl", debian: "libcurl4-openssl-dev"),
    room("Git", ["Clibgit2", "Digest"]),
    room("YAML", ["Clibyaml", "Diagnostics"]),
    room("SQLite", ["Clibsqlite3"]),
    room("HTTPClient", ["Clibcurl", "Digest"]),
    room("BlockingExecutor"),

    // Adapters
    room("DesiredStateFiles", ["YAML", "Git", "Digest"] + desiredState),
    room("SQLiteStore", ["SQLite", "ActualState", "Operations"]),
    room("Intake", ["YAML", "ActualState", "Digest", "Operations", "Diagnostics"]),
    room("AuditTrail", ["ActualState", "Git", "Digest"] + judging),
    room("Verification", ["AuditTrail", "ActualState", "DesiredStateFiles", "Git", "Digest"] + judging),
    room("Forges", ["HTTPClient", "Reports", "Approvals", "DesiredState", "Digest", "Operations", "Diagnostics"]),

    // Shell
    room("Daemon", ["BlockingExecutor"] + shell),
    room("Console", ["Daemon"] + shell + hummingbird),
    room("Commands", ["Console", "Daemon"] + shell + [argumentParser]),
    .executableTarget(name: "purser", dependencies: ["Commands"], swiftSettings: strict),

    // Proof: nothing that ships depends on these
    room("TestSupport"),
    room("Simulation", ["DesiredStateFiles", "ActualState", "Digest", "TestSupport"] + judging),
    proof("simulate", ["Simulation", argumentParser]),
    .target(name: "CBaselines", dependencies: ["Clibyaml", "Clibsqlite3"]),
    .target(name: "CFaults"),
    proof("Benchmarks", ["CBaselines", "TestSupport", "Daemon"] + shell + [argumentParser]),
    tests("TidyTests", []),
    tests("BenchmarksTests", ["Benchmarks", "Verification", "Planning", "Operations", "TestSupport"]),
    tests("DigestTests", ["Digest", "TestSupport"]),
    tests("OperationsTests", ["Operations", "TestSupport"]),
    tests("YAMLTests", ["YAML", "Diagnostics"]),
    tests("GitTests", ["Git", "Digest", "TestSupport", "CFaults"]),
    tests("RemoteTests", ["AuditTrail", "Git", "Digest", "TestSupport", "purser"] + judging),
    tests("DesiredStateTests", ["DesiredStateFiles", "Git", "TestSupport"] + desiredState),
    tests("PlanningTests", ["Planning", "ActualState", "DesiredStateFiles", "TestSupport"] + desiredState),
    tests("ReportsTests", ["Reports", "Approvals", "Planning", "Operations", "Diagnostics", "TestSupport"]),
    tests("StoreTests", ["SQLiteStore", "SQLite", "ActualState", "Digest", "Operations", "CFaults"]),
    tests("IntakeTests", ["Intake", "ActualState", "Digest", "Operations", "Diagnostics"]),
    tests("ApprovalsTests", ["Approvals", "DesiredStateFiles", "Digest", "TestSupport"] + desiredState),
    tests("AuditTrailTests", ["AuditTrail", "ActualState", "SQLiteStore", "Git", "Digest", "TestSupport"] + judging),
    tests(
      "VerificationTests",
      ["Verification", "AuditTrail", "ActualState", "DesiredStateFiles", "Git", "Digest", "TestSupport"] + judging),
    tests(
      "SimulationTests", ["Simulation", "ActualState", "Planning", "DesiredStateFiles", "TestSupport"] + desiredState),
    tests(
      "ForgesTests",
      [
        "Forges", "HTTPClient", "Reports", "Approvals", "DesiredStateFiles", "Digest", "ActualState", "SQLiteStore",
        "TestSupport", "purser",
      ] + desiredState),
    tests("ConsoleTests", ["Console", "Daemon", "HTTPClient", "Digest", "Operations", "TestSupport"]),
    tests(
      "DaemonTests",
      [
        "Daemon", "Verification", "AuditTrail", "SQLiteStore", "SQLite", "ActualState", "Git", "Digest", "TestSupport",
        "purser",
      ] + judging),
    tests(
      "TranscriptTests",
      ["AuditTrail", "SQLiteStore", "SQLite", "ActualState", "Git", "Digest", "TestSupport", "purser"] + judging),
    tests(
      "CommandsTests",
      [
        "purser", "Commands", "Reports", "ActualState", "SQLiteStore", "SQLite", "DesiredStateFiles", "Git", "Digest",
        "TestSupport",
      ]
        + desiredState),
  ]
)
