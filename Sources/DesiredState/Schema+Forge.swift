extension Schema {
  static let forge: [FieldSpec] = [
    FieldSpec("type", .choice(["github", "gitea", "gitlab"]), required: true, "What it is; gitea is Forgejo too."),
    FieldSpec("url", .text, required: true, "Its address, such as https://github.com."),
    FieldSpec("repository", .text, required: true, "This repository's path there, such as owner/name."),
  ]
}
