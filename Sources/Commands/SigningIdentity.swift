import Diagnostics
import FoundationEssentials
import Git
import Glibc

/// Who signs a new operations repository, and with which key.
struct SigningIdentity {
  var person: Person
  var key: SigningKey
  /// What `user.signingkey` says of it: its file, or the key itself where an agent has its secret.
  var setting: String
  /// Whether the key was made for this.
  var isNewKey = false
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
    let isConfigured = !name.isEmpty && !email.isEmpty
    if let configured = repository.configuration("user.signingkey"), !configured.isEmpty {
      if repository.configuration("gpg.format") != "ssh" {
        refusal = "your git signs with GPG, and Purser needs SSH signatures"
      } else {
        do throws(Diagnostic) {
          return SigningIdentity(
            person: person, key: try SigningKey.find(given: nil, in: repository, keys: keys),
            setting: setting(configured), isConfigured: isConfigured)
        } catch {
          refusal = error.message
        }
      }
    }
    return try SigningIdentity(person, isConfigured: isConfigured, keys: keys, because: refusal)
  }

  /// With a key that Purser keeps for the user.
  /// - Parameter refusal: why the user's own is not taken.
  init(_ person: Person, isConfigured: Bool, keys: KeyStore, because refusal: String?) throws(Diagnostic) {
    let stored = try keys.signingKeyOrNew(comment: person.email)
    self.init(
      person: person, key: SigningKey(stored), setting: stored.path, isNewKey: stored.isNew, isConfigured: isConfigured,
      refusal: refusal)
  }

  private init(
    person: Person, key: SigningKey, setting: String, isNewKey: Bool = false, isConfigured: Bool,
    refusal: String? = nil
  ) {
    (self.person, self.key, self.setting) = (person, key, setting)
    (self.isNewKey, self.isConfigured, self.refusal) = (isNewKey, isConfigured, refusal)
  }

  /// A setting that means the same in every folder: the file of the secret where it is there, else what was configured.
  private static func setting(_ configured: String) -> String {
    guard SigningKey.literal(configured) == nil else { return configured }
    let path = User.path(configured)
    guard path.hasSuffix(".pub") else { return path }
    let secret = String(path.dropLast(4))
    return access(secret, F_OK) == 0 ? secret : path
  }
}
