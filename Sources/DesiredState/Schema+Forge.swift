extension Schema {
  static let forge: [FieldSpec] = [
    FieldSpec(
      "type", .choice(["github", "gitea", "gitlab"]), required: true, "The kind of forge; use gitea for Forgejo."),
    FieldSpec("url", .text, required: true, "Its address, such as https://github.com."),
    FieldSpec("repository", .text, required: true, "The path of this repository on the forge, such as owner/name."),
  ]
}
