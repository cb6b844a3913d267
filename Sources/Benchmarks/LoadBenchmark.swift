import CBaselines
import DesiredState
import DesiredStateFiles

/// Loading a desired state: against a bare libyaml scan of the same bytes, and one changed file against a full load.
enum LoadBenchmark {
  /// Rows of safety stock in ten files, decoded with places and checked, over a scan in C.
  static func rows(_ workshop: Workshop) async -> [Comparison] {
    let count = workshop.isSmall ? 10_000 : 100_000
    let files =
      [FileRepository.base]
      + (0..<10).map {
        SourceFile(path: "state/rows-\($0).yaml", bytes: FileRepository.rows(file: $0, count: count / 10))
      }
    return [
      await Comparison(
        "load \(count) desired rows, with places", over: "libyaml event scan in C", aim: .atMost(1.5),
        rounds: workshop.rounds,
        measured: {
          let loaded = LoadedState(files: files.map(DecodedFile.init(decoding:)))
          precondition(loaded.isUsable, "\(loaded.diagnostics.prefix(3))")
        },
        baseline: {
          for file in files { precondition(purser_baseline_yaml_events(file.bytes, file.bytes.count) > 0) }
        })
    ]
  }

  /// One file changed among many: compare trees, parse, validate; over a full load of the same commit.
  static func oneChangedFile(_ workshop: Workshop) async throws -> [Comparison] {
    let made = try workshop.fileRepository()
    let warm = StateLoader(repository: made.repository)
    _ = try warm.load(made.first)
    var isSecond = false
    return [
      try await Comparison(
        "one file changed among \(workshop.files)", over: "full load",
        aim: workshop.aim(0.01, at: 10_000, for: workshop.files), rounds: workshop.rounds, repeats: (10, 1),
        measured: {
          isSecond.toggle()
          let loaded = try warm.load(isSecond ? made.second : made.first)
          precondition(loaded.isUsable)
        },
        baseline: {
          let loaded = try StateLoader(repository: made.repository).load(made.first)
          precondition(loaded.isUsable)
        })
    ]
  }
}
