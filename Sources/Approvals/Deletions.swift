import DesiredState
import Diagnostics
import Operations

/// What is there no more after a change, or after several that take effect at once: a source that vanished must not read as
/// a wish to delete everything.
struct Removals {
  /// Kinds without a single resource of which nothing can be sold.
  private static let essential: [Kind] = [.node, .channel]
  /// Fewer than this may go at once, whatever their share: a company that tidies up a small folder.
  private static let alwaysRemovable = 10

  private struct Part {
    /// `resources of the kind Node`, `rows of SafetyStock/bulk`.
    var what: String
    var gone: Int
    var count: Int
    /// Whether all that is left of an essential kind goes.
    var isLast = false
    /// Whether some of it still stands there, and is closed or holds only for a time.
    var isOver = false
    var hint: String
  }

  private let limit: Rate
  private var parts: [Part] = []
  /// Whether something of which there must be one is closed, or given an end.
  private var closes = false

  /// What holds no more counts as gone like what stands there no more: an end that has passed is a deletion by other means.
  /// - Parameters:
  ///   - unread: how many documents of each kind stood there beside those of `before` and could not be read: what of them
  ///     does not come back can only be gone.
  ///   - now: when it is judged.
  init(from before: DesiredState, to after: DesiredState, unread: [Kind: Int] = [:], at now: Instant) {
    limit = BlastLimits(before).deletions
    for kind in Kind.allCases {
      let (old, new) = (before.standing(kind, at: now), after.standing(kind, at: now))
      let gone = old.keys.count { new[$0] == nil }
      addDocuments(of: kind, old, new, unread: unread[kind] ?? 0, besides: gone)
      // One that stands alone may be given up; several that go together look like a source that is gone.
      let isEssential = Self.essential.contains(kind)
      let (open, left) = isEssential ? (before.lasting(kind, at: now), after.lasting(kind, at: now)) : (0, 0)
      if left < open { closes = true }
      let isOver = open > 1 && left == 0
      let isLast = isOver || (isEssential && old.count > 1 && new.isEmpty)
      guard gone > 0 || isLast else { continue }
      parts.append(
        Part(
          what: isLast ? kind.rawValue : "resources of the kind \(kind.rawValue)", gone: gone, count: old.count,
          isLast: isLast, isOver: !after.names(of: kind).isEmpty,
          hint: "remove them in several commits" + (isLast ? " and keep one" : "")))
    }
    // A table is one resource, and emptying it says as much as deleting as many.
    lazy var standing = Set(after.names(of: .safetyStock).flatMap { after.rows(of: $0) })
    for name in before.names(of: .safetyStock) where !after.hasSameTables(as: before, name) {
      let old = Set(before.rows(of: name))
      guard !old.isSubset(of: after.rows(of: name)) else { continue }
      // Rows that move to another table are not gone.
      let gone = old.subtracting(standing)
      guard !gone.isEmpty else { continue }
      parts.append(
        Part(
          what: "rows of \(Kind.safetyStock.rawValue)/\(name)", gone: gone.count, count: old.count,
          hint: "remove them in several commits"))
    }
  }

  /// Overlays are documents of their own under the name of one resource, and what writes them may vanish by itself.
  private mutating func addDocuments(
    of kind: Kind, _ before: [String: Int], _ after: [String: Int], unread: Int, besides names: Int
  ) {
    var (count, gone, new) = (unread, 0, 0)
    for name in Set(before.keys).union(after.keys) {
      let (old, stays) = (before[name] ?? 0, after[name] ?? 0)
      count += old
      gone += max(0, old - stays)
      new += max(0, stays - old)
    }
    gone += max(0, unread - new)
    // Where no overlay goes with them, resources and documents are the same.
    guard gone > names else { return }
    parts.append(
      Part(
        what: "documents of the kind \(kind.rawValue)", gone: gone, count: count,
        hint: "remove them in several commits"))
  }

  var isEmpty: Bool { parts.isEmpty && !closes }

  /// When time alone may change what a change removes: something that it ends has ended by itself, or what it puts off has
  /// begun.
  static func boundaries(from before: DesiredState, to after: DesiredState, after now: Instant) -> [Instant] {
    let ends = before.resources.values.joined().compactMap(\.effective.until)
    let begins = essential.flatMap { after.all($0) }.compactMap(\.effective.from)
    return (ends + begins).filter { $0 > now }
  }

  /// Reasons against removing so much at once.
  /// - Parameter isSeries: whether several commits do it together that would take effect at once.
  func problems(isSeries: Bool) -> [Diagnostic] {
    parts.filter(isTooMuch).map { part in
      let who = isSeries ? "together with the other commits after the policy in force, it" : "it"
      return Diagnostic(
        Self.id,
        part.isLast
          ? "\(who) removes every \(part.what)\(part.isOver ? ", or closes or ends it" : ""), without which nothing can be"
            + " sold"
          : "\(who) removes \(part.gone) of \(part.count) \(part.what), and "
            + (isSeries ? "what takes effect at once" : "one change") + " may remove \(limit)",
        hint: "if this is intended, "
          + (isSeries ? "push them one by one, each after the one before has taken effect" : part.hint)
          + (part.isLast ? "" : ", or raise 'deletions' in the Repository's limits in an earlier commit"))
    }
  }

  private func isTooMuch(_ part: Part) -> Bool {
    part.isLast || (part.gone >= Self.alwaysRemovable && Int64(part.gone) > limit.floor(of: Int64(part.count)))
  }

  static let id = "approval.deletions"
}

extension DesiredState {
  /// How many documents of each name have not ended; names without one are missing.
  fileprivate func standing(_ kind: Kind, at now: Instant) -> [String: Int] {
    var counts: [String: Int] = [:]
    for name in names(of: kind) {
      let count = (resources[.init(kind, name)] ?? []).count { $0.effective.until.map { now < $0 } ?? true }
      if count > 0 { counts[name] = count }
    }
    return counts
  }

  /// How many of a kind hold from now on without an end, and are not closed.
  fileprivate func lasting(_ kind: Kind, at now: Instant) -> Int {
    names(of: kind).count { name in
      (resources[.init(kind, name)] ?? []).contains { resource in
        resource.isBase && resource.effective.until == nil && resource.effective.from.map { $0 <= now } ?? true
          && resource.fields["status"]?.text != "closed"
      }
    }
  }

  /// A row of a table, without its value.
  fileprivate struct TableRow: Hashable {
    var sku: SKU
    var node: String?
  }

  fileprivate func rows(of name: String) -> [TableRow] {
    tables(name).flatMap { rows in rows.map { TableRow(sku: $0.sku, node: $0.node) } }
  }

  private func tables(_ name: String) -> [SafetyStockRows] {
    (resources[.init(.safetyStock, name)] ?? []).compactMap { $0.fields["rows"]?.rows }
  }

  /// Whether the rows are the same ones in the same order, which nearly always saves looking at each.
  fileprivate func hasSameTables(as other: DesiredState, _ name: String) -> Bool {
    let (own, others) = (tables(name), other.tables(name))
    return own.count == others.count
      && zip(own, others).allSatisfy {
        $0.skus == $1.skus && $0.nodeIndices == $1.nodeIndices && $0.nodes.map(\.name) == $1.nodes.map(\.name)
      }
  }
}
