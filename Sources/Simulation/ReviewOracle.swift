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
    guard company.areasThatDiffer(from: git.commits[to].company).contains(where: { $0 != .words }) else { return true }
    let files = git.files(from: from, to: to)
    var latest: [String: Said] = [:]
    for one in said where one.subject == nil && one.key == one.person && git.files(from: one.from, to: one.to) == files
    {
      guard Company.leads.contains(one.person) || company.knows(one.person) else { continue }
      // A clock that is ahead lets nothing through, and holds nothing that is against it back.
      guard one.at <= now + Self.skew || !one.kind.permits else { continue }
      if latest[one.person].map({ $0.at <= one.at }) ?? true { latest[one.person] = one }
    }
    let authors = Set(commits.compactMap { git.commits[$0].coAuthor })
    let voices = latest.values.filter { Company.leads.contains($0.person) }
    // Being named as an author takes nobody's rejection away.
    if voices.contains(where: { $0.kind == .reject }) { return false }
    let isOfThis = { (one: Said) in
      one.version == version && one.expires.map { $0 > now } ?? true && git.leads(one.from, to: from, without: files)
    }
    let today = try impact(from, to)
    let isLarge = (today?[review.measure] ?? 0) >= review.figure
    let approvals = voices.filter { one in
      guard one.kind == .approve, !authors.contains(one.person), isOfThis(one), one.at + Company.Review.validFor > now
      else { return false }
      return one.impact == nil ? !isLarge : Self.covers(one, today)
    }
    if approvals.count >= (isLarge ? 2 : 1) { return true }
    // Who broke the glass and was shown figures is held to them.
    return review.hasGlass
      && latest.values.contains { one in
        one.kind == .breakGlass && one.person == "ada" && one.reason != nil && isOfThis(one)
          && one.at + Company.Review.glassFor > now && (one.impact == nil || Self.covers(one, today))
      }
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

  /// What stood and stands in the files that differ between two commits.
  func files(from: Int, to: Int) -> [String: [String?]] {
    let (old, new) = (commits[from].files, commits[to].files)
    var result: [String: [String?]] = [:]
    for path in Set(old.keys).union(new.keys) where old[path] != new[path] { result[path] = [old[path], new[path]] }
    return result
  }
}
