import Approvals
import Operations

/// Knows whether people said enough about a change: written apart from the judge, on the model instead of the files and
/// what was signed.
struct ReviewOracle {
  var said: [Said]
  var now: Instant
  /// What a change would do; nil where one of its commits has errors.
  var impact: (_ from: Int, _ to: Int) throws -> [String: Int64]?

  enum Answer { case enough, missing, rejected }

  func answer(_ git: MemoryGit, _ commits: [Int], from: Int, to: Int, version: Int64) throws -> Answer {
    guard let review = git.commits[from].company.review else { return .enough }
    let company = git.commits[from].company
    guard company.areasThatDiffer(from: git.commits[to].company).contains(where: { $0 != .words }) else {
      return .enough
    }
    let files = git.files(from: from, to: to)
    var latest: [String: Said] = [:]
    let isAbout = { (one: Said) in one.subject == nil && git.files(from: one.from, to: one.to) == files }
    let heard = said.filter { one in
      guard one.key == one.person, Company.leads.contains(one.person) || company.knows(one.person) else { return false }
      // A clock that is ahead lets nothing through, and holds nothing that is against it back.
      return isAbout(one) && (one.at <= now + Self.skew || !one.kind.permits)
    }
    guard !heard.isEmpty else { return .missing }
    for one in heard {
      if latest[one.person].map({ $0.at <= one.at }) ?? true { latest[one.person] = one }
    }
    let authors = Set(commits.compactMap { git.commits[$0].coAuthor })
    let voices = latest.values.filter { Company.leads.contains($0.person) }
    let isOfThis = { (one: Said) in
      one.version == version && one.expires.map { $0 > now } ?? true && git.leads(one.from, to: from, without: files)
    }
    let today = try impact(from, to)
    // Who broke the glass and was shown figures is held to them.
    let glass =
      !review.hasGlass
      ? []
      : latest.values.filter { one in
        one.kind == .breakGlass && one.person == "ada" && one.reason != nil && isOfThis(one)
          && one.at + Company.Review.glassFor > now && (one.impact == nil || Self.covers(one, today))
      }
    // Being named as an author takes nobody's rejection away. Only who knows of it may let the change through.
    for against in voices where against.kind == .reject {
      let words = heard.filter { $0.person == against.person }
      let other = words.filter { $0.kind != .reject && $0.at <= against.at }.map(\.at).max()
      let since = words.filter { one in one.kind == .reject && other.map { $0 < one.at } ?? true }.map(\.at).min()
      guard glass.contains(where: { one in since.map { $0 < one.at } ?? false }) else { return .rejected }
    }
    let isLarge = (today?[review.measure] ?? 0) >= review.figure
    let approvals = voices.filter { one in
      guard one.kind == .approve, !authors.contains(one.person), isOfThis(one), one.at + Company.Review.validFor > now
      else { return false }
      return one.impact == nil ? !isLarge : Self.covers(one, today)
    }
    return approvals.count >= (isLarge ? 2 : 1) || !glass.isEmpty ? .enough : .missing
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
          result[about + [Self.name(of: line)], default: []].insert(line)
        }
      }
    }
    return result
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
