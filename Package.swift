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

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
  name: "purser",
  products: [
    .executable(name: "purser", targets: ["purser"]),
    .executable(name: "purser-simulate", targets: ["SimulationCommand"]),
    .executable(name: "purser-benchmarks", targets: ["Benchmarks"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
  ],
  targets: [
    // Words
    room("Diagnostics"),
    room("Digest", ["Clibcrypto"]),

    // Core: pure
    room("Operations", ["Digest", "Diagnostics"]),
    room("DesiredState", ["Operations", "Diagnostics"]),
    room("Planning", ["DesiredState", "Operations", "Diagnostics"]),
    room("Approvals", ["Planning", "DesiredState", "Operations", "Diagnostics"]),
    room("Reconciling", ["Approvals", "Planning", "DesiredState", "Operations", "Diagnostics"]),
    room("Reports", ["Approvals", "Planning", "DesiredState", "Operations", "Diagnostics"]),

    // C libraries and their wrappers
    cLibrary("Clibgit2", pkgConfig: "libgit2", debian: "libgit2-dev"),
    cLibrary("Clibyaml", pkgConfig: "yaml-0.1", debian: "libyaml-dev"),
    cLibrary("Clibsqlite3", pkgConfig: "sqlite3", debian: "libsqlite3-dev"),
    cLibrary("Clibcrypto", pkgConfig: "libcrypto", debian: "libssl-dev"),
    room("Git", ["Clibgit2", "Digest"]),
    room("YAML", ["Clibyaml", "Diagnostics"]),
    room("SQLite", ["Clibsqlite3"]),

    // Adapters
    room("DesiredStateFiles", ["YAML", "Git", "DesiredState", "Operations", "Diagnostics"]),
    room("ActualState", ["Operations"]),
    room("SQLiteStore", ["ActualState", "Operations", "SQLite"]),
    room("AuditTrail", ["Git", "Digest", "Reports", "Approvals", "Planning", "DesiredState", "Operations"]),
    room(
      "Verification",
      [
        "AuditTrail", "DesiredStateFiles", "Git", "Digest", "Approvals", "DesiredState", "Operations", "Diagnostics",
      ]),
    room("BlockingExecutor"),
    room("Intake", ["ActualState", "Operations", "Diagnostics", "YAML"]),

    // Shell
    room(
      "Daemon",
      [
        "Reconciling", "Verification", "AuditTrail", "SQLiteStore", "ActualState", "DesiredStateFiles", "Intake",
        "BlockingExecutor", "Reports", "Git", "Digest", "Approvals", "Planning", "DesiredState", "Operations",
        "Diagnostics", logging, lifecycle,
      ]),
    room(
      "Commands",
      [
        "Daemon", "Reconciling", "Verification", "AuditTrail", "SQLiteStore", "ActualState", "DesiredStateFiles",
        "Intake", "Reports", "Git", "YAML", "Digest", "Approvals", "Planning", "DesiredState", "Operations",
        "Diagnostics", argumentParser, logging, lifecycle,
      ]),
    .executableTarget(name: "purser", dependencies: ["Commands"], swiftSettings: strict),

    // Proof: nothing that ships depends on these
    room(
      "TestSupport",
      ["Git", "Digest", "DesiredStateFiles", "DesiredState", "ActualState", "Operations", "Diagnostics"]),
    room(
      "Simulation",
      [
        "TestSupport", "Reconciling", "ActualState", "DesiredStateFiles", "Approvals", "Planning", "DesiredState",
        "Operations", "Diagnostics", "Digest",
      ]),
    .executableTarget(
      name: "SimulationCommand", dependencies: ["Simulation", argumentParser], swiftSettings: strict),
    .target(name: "CBaselines", dependencies: ["Clibyaml", "Clibsqlite3"]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "CBaselines", "TestSupport", "AuditTrail", "SQLiteStore", "SQLite", "ActualState", "DesiredStateFiles",
        "Intake", "Git", "Digest", "Approvals", "Planning", "DesiredState", "Operations", "Diagnostics", argumentParser,
      ], swiftSettings: strict),

  ]
)
