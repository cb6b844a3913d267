internal import Synchronization

/// What `git credential` knows of a remote: the helpers of a clone's configuration, else a question on the terminal.
///
/// It is asked once for each address. What worked is told to the helpers, and what was refused is too, as git does it.
public final class CredentialHelper: Sendable {
  /// What git said, in the form in which it wants it back.
  private struct Found {
    var text: String
    var isTold = false

    subscript(_ key: String) -> String? {
      text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(key + "=") }.map {
        String($0.dropFirst(key.utf8.count + 1))
      }
    }
  }

  private let folder: String
  private let found = Mutex<[String: Found]>([:])

  /// - Parameter folder: the clone whose configuration is asked.
  public init(folder: String) { self.folder = folder }

  /// - Returns: nil where neither a helper nor a person has an answer.
  func answer(for address: RemoteAddress, user: String?) -> (user: String, password: String)? {
    if let known = found.withLock({ $0[address.text] }) { return Self.pair(known) }
    // Each line of the question is a value: an address with a line break would ask for another host.
    let lines = ["url=\(address.text)"] + (user.map { ["username=\($0)"] } ?? [])
    guard lines.allSatisfy({ $0.allSatisfy { !$0.isNewline && $0 != "\0" } }),
      let printed = try? run("fill", lines.joined(separator: "\n") + "\n\n")
    else { return nil }
    let answer = Found(text: String(decoding: printed, as: UTF8.self))
    found.withLock { $0[address.text] = answer }
    return Self.pair(answer)
  }

  private static func pair(_ found: Found) -> (user: String, password: String)? {
    guard let user = found["username"], let password = found["password"] else { return nil }
    return (user, password)
  }

  /// - Parameter isAccepted: whether the remote took what was answered.
  func tell(_ address: RemoteAddress, isAccepted: Bool) {
    let answer = found.withLock { known -> Found? in
      guard let answer = known[address.text], !answer.isTold else { return nil }
      if isAccepted { known[address.text]?.isTold = true } else { known[address.text] = nil }
      return answer
    }
    // A helper that keeps nothing is no reason to stop.
    if let answer { _ = try? run(isAccepted ? "approve" : "reject", answer.text + "\n") }
  }

  private func run(_ word: String, _ input: String) throws(GitError) -> [UInt8]? {
    try GitProgram.run(["-C", folder, "credential", word], input: input)
  }
}
