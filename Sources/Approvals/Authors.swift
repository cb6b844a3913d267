public import DesiredState
import Diagnostics
import Operations

/// Who made a change.
struct Authors {
  /// Who signed the commits: they need roles for what they change.
  var signers = Set<String>()
  /// Everyone whose work it is, the signers among them: none of them may approve it.
  var all = Set<String>()
  /// Whoever a commit names that is no Person, in words; any of them could be the one who approves.
  var unmapped: [String] = []
  /// Why a commit has no signer that counts.
  var reasons: [Diagnostic] = []

  /// What the daemon said about commits that a forge merged, as far as it was needed.
  var merges: [SignedStatement] = []

  init(of change: Change, _ evidence: Evidence) {
    var commits: [CommitFacts] = []
    for commit in change.commits {
      switch change.signer(of: commit) {
      case .success(let name): signers.insert(name)
      case .failure(let reason):
        guard let merge = change.mergeAuthors(of: commit, evidence) else {
          reasons.append(reason)
          break
        }
        // Nothing in it is the forge's own, nor of whoever pressed the button: those whose work it is are named.
        signers.formUnion(merge.people)
        merges.append(merge.said)
        continue
      }
      commits.append(commit)
    }
    all = signers
    let addresses = change.addresses()
    var strangers = Set<String>()
    for identity in Set(commits.flatMap(\.identities)) {
      let people = addresses[Self.folded(identity.email)] ?? []
      all.formUnion(people)
      if people.isEmpty { strangers.insert("\(identity.name) <\(identity.email)>") }
    }
    for key in Set(commits.flatMap(\.mergedKeys)) {
      let people = change.owners(of: key)
      all.formUnion(people)
      if people.isEmpty { strangers.insert("the key \(key)") }
    }
    unmapped = strangers.sorted { $0.isBytewiseLess(than: $1) }
  }

  /// Everyone who is known, in byte order.
  var everyone: [String] { all.union(signers).sorted { $0.isBytewiseLess(than: $1) } }

  /// Addresses differ in case without being others.
  static func folded(_ address: String) -> String {
    String(decoding: address.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
  }
}

extension Change {
  /// Everyone whose work it is, as far as they are known: none of them may approve it.
  public func authorNames(_ evidence: Evidence) -> Set<String> { Authors(of: self, evidence).all }

  /// The people at the base whose key it is; more than one is nobody.
  public func owners(of key: String) -> [String] { before.owners(of: key) }

  /// Whose words a statement is, by the key that signed it: that person's alone, or the daemon's that read it on a forge.
  public func speakers(of statement: Statement, signedWith key: String) -> [String] {
    statement.forge.map { speakers(from: $0, key: key) } ?? owners(of: key)
  }

  /// Keys are compared without their comment.
  static func isSame(_ written: String, _ key: String) -> Bool {
    written.split(separator: " ").prefix(2).joined(separator: " ") == key
  }

  /// The people at the base by every address that names them.
  func addresses() -> [String: [String]] {
    var result: [String: [String]] = [:]
    for person in before.all(.person) {
      let fields = [person.fields["email"]].compactMap { $0 } + (person.fields["emails"]?.list ?? [])
      for address in fields.compactMap(\.text) { result[Authors.folded(address), default: []].append(person.key.name) }
    }
    return result
  }

  func signer(of commit: CommitFacts) -> Result<String, Diagnostic> {
    switch commit.seal {
    case .unsigned:
      return .failure(
        Diagnostic(
          "approval.unsigned", "commit \(commit.short) \u{201C}\(commit.summary)\u{201D} is not signed",
          hint: "commit the change again, signed (git config gpg.format ssh; git config user.signingkey FILE.pub):"
            + Recovery.line(Recovery.again)))
    case .broken:
      return .failure(
        Diagnostic(
          "approval.bad_signature", "the signature of commit \(commit.short) is invalid",
          hint: "commit the change again, signed with an Ed25519 key:" + Recovery.line(Recovery.again)))
    case .unreadable(let message):
      return .failure(CommitFacts.unreadableReason(commit.id, message))
    case .key(let key):
      let owners = owners(of: key)
      if owners.count == 1 { return .success(owners[0]) }
      if owners.isEmpty {
        return .failure(
          Diagnostic(
            "approval.unknown_key", "commit \(commit.short) is signed with a key that belongs to no Person: \(key)",
            hint: "ask someone whose role covers Person to add the key in a separate commit, or sign with a known key:"
              + Recovery.line(Recovery.again)))
      }
      return .failure(
        Diagnostic(
          "approval.shared_key", "the key of commit \(commit.short) belongs to \(owners.joined(separator: " and "))",
          hint: "give each person their own key in a commit that someone else signs, and commit the change again"))
    }
  }
}

extension DesiredState {
  /// The people whose key it is; more than one is nobody.
  public func owners(of key: String) -> [String] {
    names(of: .person).filter { name in
      (resources[.init(.person, name)] ?? []).contains { person in
        (person.fields["keys"]?.list ?? []).contains { $0.text.map { Change.isSame($0, key) } ?? false }
      }
    }
  }

  /// Whose words a statement beside changes is: they are signed by the person alone, never read on a forge.
  public func speakers(of statement: Statement, signedWith key: String) -> [String] {
    statement.forge == nil ? owners(of: key) : []
  }
}
