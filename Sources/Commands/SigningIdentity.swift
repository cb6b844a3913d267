import Diagnostics
import FoundationEssentials
import Git

/// Who signs a new operations repository, and with which key.
struct SigningIdentity {
  var person: Person
  var key: KeyStore.StoredKey
  /// Whether name and address came from git's configuration; if not, they are a guess that the repository must carry.
  var isConfigured: Bool
  /// Why the signing key of the user's git configuration was not taken, where there is one.
  var refusal: String?

  /// The name of the `Person` resource: the person's name in the letters that a resource name may have.
  var resourceName: String {
    let plain = person.name.unicodeScalars.map(Self.plainLetters).joined()
    let parts = plain.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return parts.isEmpty ? "owner" : String(parts.joined(separator: "-").prefix(64))
  }

  /// A letter without its marks: é is e, ß is ss, æ is ae; other scripts stay as they are.
  private static func plainLetters(_ scalar: Unicode.Scalar) -> String {
    guard !scalar.isASCII, let words = scalar.properties.name?.split(separator: " ") else { return String(scalar) }
    // Names such as LATIN SMALL LETTER N WITH TILDE; a mark of its own, as in decomposed text, is dropped.
    if words.first == "COMBINING" { return "" }
    guard words.count >= 4, words[0] == "LATIN", words[2] == "LETTER" else { return String(scalar) }
    if words[3] == "SHARP" { return "ss" }
    return words[3].count <= 2 ? words[3].lowercased() : String(scalar)
  }

  /// Reads the user's git configuration through `repository`; makes a key where there is none that Purser can sign with.
  static func find(in repository: Repository, keys: KeyStore) throws(Diagnostic) -> SigningIdentity {
    let name = repository.configuration("user.name") ?? ""
    let email = repository.configuration("user.email") ?? ""
    let user = User.current
    let person = Person(
      name: name.isEmpty ? user.fullName : name, email: email.isEmpty ? "\(user.login)@\(user.host)" : email)
    var refusal: String?
    if let configured = repository.configuration("user.signingkey"), !configured.isEmpty {
      if repository.configuration("gpg.format") != "ssh" {
        refusal = "your git signs with GPG, and Purser checks SSH signatures"
      } else {
        do throws(Diagnostic) {
          let key = try usersKey(configured)
          return SigningIdentity(person: person, key: key, isConfigured: !name.isEmpty && !email.isEmpty)
        } catch {
          refusal = error.message
        }
      }
    }
    return SigningIdentity(
      person: person, key: try keys.signingKeyOrNew(comment: person.email),
      isConfigured: !name.isEmpty && !email.isEmpty, refusal: refusal)
  }

  /// The private key that `user.signingkey` names: its file, or the public half beside it.
  private static func usersKey(_ configured: String) throws(Diagnostic) -> KeyStore.StoredKey {
    guard !configured.hasPrefix("key::"), !configured.hasPrefix("ssh-") else {
      throw Diagnostic("key.in_agent", "your signing key lives in an SSH agent, which 'purser init' does not ask")
    }
    var path = User.path(configured)
    if path.hasSuffix(".pub") { path = String(path.dropLast(4)) }
    return KeyStore.StoredKey(key: try KeyStore.read(path), path: path)
  }
}
