public import DesiredState
public import Git

extension Repository {
  /// The resources that a file of a tree holds, as far as they can be read; none where it is no file of a desired state.
  /// - Parameter zones: where the time zones that the file names are looked up.
  public func resources(
    of entry: TreeEntry?, at path: String, zones: ZoneDatabase
  ) throws(GitError) -> [Resource] {
    guard let entry, entry.mode == .file, path.hasPrefix("state/"), StateLoader.isYAML(path),
      try size(of: entry.id) <= StateLoader.fileLimit
    else { return [] }
    return DecodedFile(decoding: SourceFile(path: path, bytes: try blob(entry.id)), zones: zones).resources
  }
}
