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

  /// What looks like a secret in the name of a file.
  public static func problems(inName path: String) -> [Diagnostic] {
    shapes(in: path).map {
      Diagnostic(
        "secret.found", "the name of '\(path)' looks like \($0.name)",
        hint: "rename it, and create a new one, because this one has been exposed")
    }
  }

  /// What looks like a secret in the message of a commit.
  public static func problems(inMessage message: String, of commit: ObjectID) -> [Diagnostic] {
    shapes(in: message).map {
      Diagnostic(
        "secret.found", "the message of commit \(commit.short) contains what looks like \($0.name)",
        hint: "reword it (git commit --amend, git rebase -i), and create a new one, because this one has been exposed")
    }
  }

  private static func shapes(in text: String) -> [SecretShape] {
    let content = Array(text.utf8)
    var (found, position): ([SecretShape], Int) = ([], 0)
    while position < content.count {
      if let next = SecretShape.find(at: position, in: content) {
        found.append(next.shape)
        position = next.end
      } else {
        position += 1
      }
    }
    return found
  }

  /// One problem for each place, which tells the kind and never the secret. UTF-16 is read where it begins with its mark, as
  /// some shells and editors write it.
  public static func problems(in content: [UInt8], path: String) -> [Diagnostic] {
    let content = utf8(ofUTF16: content) ?? content
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

  /// Nil for what does not begin with the byte order mark of UTF-16 (Unicode 15, §23.8).
  private static func utf8(ofUTF16 content: [UInt8]) -> [UInt8]? {
    let isLittle = content.starts(with: [0xFF, 0xFE])
    guard isLittle || content.starts(with: [0xFE, 0xFF]) else { return nil }
    let units = stride(from: 2, to: content.count - 1, by: 2).map { position in
      let (first, second) = (UInt16(content[position]), UInt16(content[position + 1]))
      return isLittle ? second << 8 | first : first << 8 | second
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  private static func problem(_ shape: SecretShape, at location: SourceLocation) -> Diagnostic {
    Diagnostic(
      "secret.found", "this looks like \(shape.name)", at: location,
      hint:
        "remove it and create a new one, because this one has been exposed; Purser reads secrets from files and from the"
        + " environment")
  }
}
