public import Diagnostics
public import Git

/// Finds keys and tokens in files, by their shapes.
public enum SecretScan {
  /// Larger files are not looked at, in bytes, and reported: no file of a desired state is as large.
  public static let fileLimit = StateLoader.fileLimit

  /// The problems of a file that a repository holds.
  public static func problems(in id: ObjectID, at path: String, of repository: Repository) throws(GitError)
    -> [Diagnostic]
  {
    guard try repository.size(of: id) <= fileLimit else {
      return [
        Diagnostic(
          "secret.unread",
          "the file is larger than \(fileLimit >> 20) MB, too large to check for keys and tokens",
          at: SourceLocation(file: path), hint: "keep large files elsewhere")
      ]
    }
    return problems(in: try repository.blob(id), path: path)
  }

  /// One problem for each place, which tells the kind and never the secret.
  public static func problems(in content: [UInt8], path: String) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    var (line, lineStart, position) = (1, 0, 0)
    while position < content.count {
      let byte = content[position]
      if byte == 0x0A { (line, lineStart) = (line + 1, position + 1) }
      if let found = SecretShape.find(at: position, in: content) {
        let column = String(decoding: content[lineStart..<position], as: UTF8.self).unicodeScalars.count + 1
        problems.append(problem(found.shape, at: SourceLocation(file: path, line: line, column: column)))
        position = found.end
      } else {
        position += 1
      }
    }
    return problems
  }

  private static func problem(_ shape: SecretShape, at location: SourceLocation) -> Diagnostic {
    Diagnostic(
      "secret.found", "this looks like \(shape.name)", at: location,
      hint:
        "remove it and create a new one, because this one has been exposed; Purser reads secrets from files and from the"
        + " environment")
  }
}
