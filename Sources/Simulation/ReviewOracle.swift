import Approvals
import Operations

/// Knows whether people said enough about a change: written apart from the judge, on the model instead of the files and
/// what was signed.
struct ReviewOracle {
  var said: [Said]
  var now: Instant
  /// What a change would do; nil where one of its commits has errors.
  var impact: (_ from: Int, _ to: Int) throws -> [String: Int64]?

  func isEnough(_ git: MemoryGit, _ commits: [Int], from: Int, to: Int, version: Int64) throws -> Bool {
    guard let review = git.commits[from].company.review else { return true }
    let company = git.commits[from].company
    guard company.areasThatDiffer(from: git.commits[to].company).contains(where: { $0 != .words }) else {
      return true
    }
    let files = git.files(from: from, to: to)
    let heard = heard(git, about: files, by: company)
    guard !heard.isEmpty else { return false }
    let latest = Self.latest(of: heard)
    let authors = Set(commits.compactMap { git.commits[$0].coAuthor })
    let voices = latest.values.filter { Company.leads.contains($0.person) }
    let isOfThis = { (one: Said) in
      one.version == version && one.expires.map { $0 > now } ?? true && git.leads(one.from, to: from, without: files)
    }
    let today = try impact(from, to)
    let glass = review.hasGlass ? latest.values.filter { isGlass($0, today) && isOfThis($0) } : []
    // Being named as an author takes nobody's rejection away. Only who knows of it may let the change through.
    for against in voices where against.kind == .reject {
      let since = Self.since(against, heard)
      guard glass.contains(where: { isKnown(since, to: $0) }) else { return false }
    }
    let isLarge = (today?[review.measure] ?? 0) >= review.figure
    let approvals = voices.filter { one in
      guard one.kind == .approve, !authors.contains(one.person), isOfThis(one), one.at + Company.Review.validFor > now
      else { return false }
      return one.impact == nil ? !isLarge : Self.covers(one, today)
    }
    return approvals.count >= (isLarge ? 2 : 1) || !glass.isEmpty
  }

  /// Whether what people rejected at another commit holds up a change that brings something of it.
  func holdsUp(_ git: MemoryGit, rejected other: Int, _ commits: [Int], from: Int, to: Int, version: Int64) throws
    -> Bool
  {
    guard let review = git.commits[from].company.review else { return false }
    let company = git.commits[from].company
    let files = git.files(from: from, to: to)
    let theirs = heard(git, about: git.files(from: from, to: other), by: company)
    let ours = heard(git, about: files, by: company)
    let own = Self.latest(of: ours)
    let authors = Set(commits.compactMap { git.commits[$0].coAuthor })
    let today = try impact(from, to)
    let glass = own.values.filter { one in
      review.hasGlass && isGlass(one, today) && one.version == version && one.expires.map { $0 > now } ?? true
        && git.leads(one.from, to: from, without: files)
    }
    return Self.latest(of: theirs).values.contains { against in
      guard against.kind == .reject, Company.leads.contains(against.person) else { return false }
      // What they say of the change itself counts in its place.
      if let word = own[against.person] {
        if word.kind == .reject { return false }
        if word.kind == .approve, word.at > against.at, !authors.contains(word.person) { return false }
      }
      return !glass.contains { isKnown(Self.since(against, theirs), to: $0) }
    }
  }

  /// What those who may be heard said about a change.
  private func heard(_ git: MemoryGit, about files: [String: [String?]], by company: Company) -> [Said] {
    said.filter { one in
      guard one.key == one.person, Company.leads.contains(one.person) || company.knows(one.person) else { return false }
      // A clock that is ahead lets nothing through, and holds nothing that is against it back.
      guard one.at <= now + Self.skew || !one.kind.permits else { return false }
      return one.subject == nil && git.files(from: one.from, to: one.to) == files
    }
  }

  private static func latest(of heard: [Said]) -> [String: Said] {
    var latest: [String: Said] = [:]
    for one in heard {
      if latest[one.person].map({ $0.at <= one.at }) ?? true { latest[one.person] = one }
    }
    return latest
  }

  /// Since when somebody has rejected without saying anything else.
  private static func since(_ against: Said, _ heard: [Said]) -> Instant {
    let words = heard.filter { $0.person == against.person }
    let other = words.filter { $0.kind != .reject && $0.at <= against.at }.map(\.at).max()
    let since = words.filter { one in one.kind == .reject && other.map { $0 < one.at } ?? true }.map(\.at).min()
    return since ?? against.at
  }

  /// Whether who broke the glass knew of what was said since a moment. Nobody waits for a time that somebody else chose.
  private func isKnown(_ since: Instant, to glass: Said) -> Bool { since < glass.at || since > now + Self.skew }

  /// Who broke the glass and was shown figures is held to them.
  private func isGlass(_ one: Said, _ today: [String: Int64]?) -> Bool {
    one.kind == .breakGlass && one.person == "ada" && one.reason != nil && one.at + Company.Review.glassFor > now
      && (one.impact == nil || Self.covers(one, today))
  }

  /// Whether somebody was told of at least so much. The smaller tolerance of both rules counts: 20%.
  private static func covers(_ one: Said, _ today: [String: Int64]?) -> Bool {
    today?.allSatisfy { $0.value * 5 <= (one.impact?[$0.key] ?? 0) * 6 } ?? false
  }

  private static let skew = TimeSpan(milliseconds: 5 * 60_000)
}

extension Company {
  /// Whether somebody is a Person.
  fileprivate func knows(_ name: String) -> Bool { ["ada", "ben"].contains(name) || (name == "cara" && knowsCara) }
}

extension MemoryGit {
  /// Whether a commit leads to another on the line, and nothing on the way touched any of some files.
  fileprivate func leads(_ base: Int, to pin: Int, without files: [String: [String?]]) -> Bool {
    guard let line = line(after: base, to: pin) else { return false }
    var before = base
    for index in line {
      if self.files(from: before, to: index).keys.contains(where: { files[$0] != nil }) { return false }
      before = index
    }
    return true
  }

  /// Whether a commit still brings something of what another brought to a base: a file as it left it, or a field.
  func carries(_ end: Int, anythingOf other: Int, from base: Int) -> Bool {
    let (theirs, ours) = (files(from: base, to: other), files(from: base, to: end))
    if theirs.contains(where: { ours[$0.key] == $0.value }) { return true }
    let (before, brought, now) = (says(base), says(other), says(end))
    return Set(before.keys).union(brought.keys).contains { field in
      let (old, new) = (before[field] ?? [], brought[field] ?? [])
      let stands = now[field] ?? []
      return old != new
        && (new.isEmpty ? stands.isEmpty : !new.subtracting(old).isDisjoint(with: stands))
    }
  }

  /// What documents say, by what they are about and the field.
  private func says(_ index: Int) -> [[String]: Set<String>] {
    var result: [[String]: Set<String>] = [:]
    for text in commits[index].files.values where text.hasPrefix("kind: ") {
      for document in text.split(separator: "---\n") {
        let lines = document.split(separator: "\n").map(String.init)
        let about = lines.filter { ["kind", "name", "scope"].contains(Self.name(of: $0)) }
        for line in lines where !about.contains(line) {
          for part in Self.parts(of: line) {
            result[about + [Self.name(of: line), Self.name(of: part)], default: []].insert(part)
          }
        }
      }
    }
    return result
  }

  /// The members of a field that has some; the times of a window are one part.
  private static func parts(of line: String) -> [String] {
    guard let start = line.firstIndex(of: "{"), line.hasSuffix("}"), !line.hasPrefix("-"), name(of: line) != "effective"
    else { return [line] }
    return line[line.index(after: start)...].dropLast().split(separator: ", ").map(String.init)
  }

  private static func name(of line: String) -> String { line.split(separator: ":").first.map(String.init) ?? line }

  /// What stood and stands in the files that differ between two commits.
  func files(from: Int, to: Int) -> [String: [String?]] {
    let (old, new) = (commits[from].files, commits[to].files)
    var result: [String: [String?]] = [:]
    for path in Set(old.keys).union(new.keys) where old[path] != new[path] { result[path] = [old[path], new[path]] }
    return result
  }
}
