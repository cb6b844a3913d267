import DesiredStateFiles
import Git

/// What the `pre-commit` hook does before a commit that changes one file, over git's own comparison of the same index.
enum PreCommitBenchmark {
  static func run(_ workshop: Workshop) async throws -> [Comparison] {
    let made = try workshop.fileRepository()
    let repository = made.repository
    Floor.run("git", "-C", made.path, "read-tree", "\(made.second)")
    return [
      try await Comparison(
        "pre-commit, \(workshop.files) files of which one changed", over: "one git diff-index --cached",
        rounds: workshop.rounds,
        measured: {
          let staged = try StagedFolder(repository: repository)
          let problems = try staged.problems(notIn: made.first)
          expect(try staged.load().isUsable && problems.isEmpty, "what is staged has errors")
        }, baseline: { Floor.run("git", "-C", made.path, "diff-index", "--cached", "--raw", "\(made.first)") })
    ]
  }
}
