import DesiredState
import DesiredStateFiles
import Diagnostics
import Testing

extension DesiredState {
  /// What a file says, in which nothing is wrong.
  /// - Parameter warnings: whether something in it may be warned of, beside what has no effect.
  static func loaded(_ text: String, warnings: Bool = true) throws -> DesiredState {
    let file = SourceFile(path: "state/f.yaml", bytes: Array(text.utf8))
    let loaded = LoadedState(files: [DecodedFile(decoding: file)])
    let others = loaded.diagnostics.filter { $0.id != "state.no_effect" }
    try #require(warnings ? loaded.isUsable : others.isEmpty, "\(loaded.diagnostics)")
    return loaded.state
  }
}
