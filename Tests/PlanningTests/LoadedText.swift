import DesiredState
import DesiredStateFiles
import Testing

extension DesiredState {
  /// What a file says, in which nothing is wrong.
  /// - Parameter warnings: whether something in it may be warned of.
  static func loaded(_ text: String, warnings: Bool = true) throws -> DesiredState {
    let file = SourceFile(path: "state/f.yaml", bytes: Array(text.utf8))
    let loaded = LoadedState(files: [DecodedFile(decoding: file)])
    try #require(warnings ? loaded.isUsable : loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
    return loaded.state
  }
}
