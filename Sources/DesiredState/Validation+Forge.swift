import Diagnostics

extension DesiredState {
  /// A forge whose address could not be asked, or would be asked where anyone can listen.
  func forgeProblems() -> [Diagnostic] {
    names(of: .repository).flatMap { resources[.init(.repository, $0)] ?? [] }.flatMap { repository -> [Diagnostic] in
      guard let forge = repository.fields["forge"]?.members else { return [] }
      var problems: [Diagnostic] = []
      if let url = forge["url"], !Self.isForgeAddress(url.text ?? "") {
        problems.append(
          Diagnostic(
            "state.forge_address", "\(repository.key): 'url' is not the https:// address of a forge", at: url.location,
            hint: "write the address without user, password and repository path: https://github.com"))
      }
      let path = forge["repository"]?.text?.split(separator: "/", omittingEmptySubsequences: false) ?? []
      if let written = forge["repository"], path.count < 2 || !path.allSatisfy(Self.isPathPart) {
        problems.append(
          Diagnostic(
            "state.forge_repository", "\(repository.key): 'repository' is not a path on a forge", at: written.location,
            hint: "write owner/name, as in the address of the repository"))
      }
      return problems
    }
  }

  /// The adapter that speaks HTTP looks again, and more closely.
  private static func isForgeAddress(_ text: String) -> Bool {
    let isEncrypted = text.hasPrefix("https://")
    let isHere = ["http://localhost", "http://127.0.0.1", "http://[::1]"].contains { start in
      text.hasPrefix(start) && [nil, ":", "/"].contains(text.dropFirst(start.count).first)
    }
    let rest = text.utf8.drop { $0 != UInt8(ascii: "/") }.dropFirst(2)
    let unwanted = Set("@?#\\ ".utf8)
    return (isEncrypted || isHere) && !rest.isEmpty && rest.first != UInt8(ascii: "/")
      && rest.allSatisfy { (0x21...0x7E).contains($0) && !unwanted.contains($0) }
  }

  private static func isPathPart(_ part: Substring) -> Bool {
    !part.isEmpty && part != "." && part != ".."
      && part.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || "-._~".utf8.contains(byte)
      }
  }
}
