import DesiredState

extension DesiredState {
  /// Whether a person can sign something that counts.
  func hasKey(_ person: String) -> Bool {
    (resources[.init(.person, person)] ?? []).contains { $0.fields["keys"]?.list.isEmpty == false }
  }

  /// Whether a person can say something on the forge alone: no key of theirs is known, and an account there is.
  func speaksOnForgeAlone(_ person: String) -> Bool {
    let variants = resources[.init(.person, person)] ?? []
    return forge != nil && !hasKey(person) && variants.contains { $0.fields["forges"]?.members?.all.isEmpty == false }
  }

  /// How a person takes back a rejection.
  /// - Parameter command: for those who have a key.
  func takingBack(_ person: String, _ command: String) -> String {
    speaksOnForgeAlone(person)
      ? "on the forge, by approving the pull request or dismissing their own request for changes" : "with '\(command)'"
  }

  /// How a person says again that a change may take effect.
  /// - Parameter command: for those who have a key.
  func sayingAgain(_ person: String, _ command: String) -> String {
    speaksOnForgeAlone(person) ? "review its pull request anew on the forge" : "'\(command)'"
  }
}
