import DesiredState
import DesiredStateFiles
import Diagnostics
import Testing

/// The forge that a Repository resource names: an address that may be asked, or a problem at its place.
@Suite struct ForgeInputTests {
  private func problems(url: String, repository: String = "ops/state") -> [Diagnostic] {
    let text =
      "kind: Repository\nname: r\nschema_version: 1\ncurrency: EUR\nforge:\n  type: gitea\n  url: \"\(url)\"\n"
      + "  repository: \"\(repository)\"\n"
    let decoded = DecodedFile(text: text)
    return decoded.diagnostics + DesiredState(decoded.resources).validate().filter { $0.id.hasPrefix("state.forge") }
  }

  @Test func aCommitWithAnotherAddressIsRefused() {
    let text =
      "kind: Repository\nname: r\nschema_version: 1\ncurrency: EUR\nforge: {type: gitea, url: \"ssh://x/y\", repository: a/b}\n"
    let decoded = DecodedFile(text: text)
    #expect(LoadedState(files: [decoded]).diagnostics.map(\.id) == ["state.forge_address"])
  }

  @Test(arguments: [
    "https://github.com", "https://git.example.com:8443/forge/", "http://localhost:3000", "http://127.0.0.1:13000",
    "http://[::1]/",
  ])
  func takesAddresses(_ url: String) { #expect(problems(url: url).isEmpty) }

  @Test(arguments: [
    "github.com", "http://github.com", "https://", "https:///x", "https://me:pw@github.com", "https://a b",
    "http://127.0.0.1.example.com", "http://localhost.example.com", "file:///etc", "https://x/?token=1", "ssh://x/y",
  ])
  func refusesAddresses(_ url: String) {
    let found = problems(url: url)
    #expect(found.map(\.id) == ["state.forge_address"] && found.first?.location?.line == 7, "\(found)")
  }

  @Test(arguments: ["state", "/state", "ops/", "ops/../state", "ops/st ate", "ops/st\u{e4}te", "ops//state"])
  func refusesPaths(_ path: String) {
    #expect(problems(url: "https://x", repository: path).map(\.id) == ["state.forge_repository"])
  }

  @Test(arguments: ["ops/state", "group/sub-group/state.git", "a/b"])
  func takesPaths(_ path: String) { #expect(problems(url: "https://x", repository: path).isEmpty) }
}
