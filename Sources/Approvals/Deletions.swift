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
    var hint: String
  }

  private let limit: Rate
  private var parts: [Part] = []

  /// - Parameter unread: how many documents of each kind stood there beside those of `before` and could not be read: what of
  ///   them does not come back can only be gone.
  init(from before: DesiredState, to after: DesiredState, unread: [Kind: Int] = [:]) {
    limit = BlastLimits(before).deletions
    for kind in Kind.allCases {
      let old = before.names(of: kind)
      let gone = old.count { !after.contains(kind, $0) }
      addDocuments(of: kind, before, after, unread: unread[kind] ?? 0, besides: gone)
      guard gone > 0 else { continue }
      // One that stands alone may be given up; several that go together look like a source that is gone.
      let isLast = old.count > 1 && after.names(of: kind).isEmpty && Self.essential.contains(kind)
      parts.append(
        Part(
          what: isLast ? kind.rawValue : "resources of the kind \(kind.rawValue)", gone: gone, count: old.count,
          isLast: isLast, hint: "remove them in several commits" + (isLast ? " and keep one" : "")))
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
    of kind: Kind, _ before: DesiredState, _ after: DesiredState, unread: Int, besides names: Int
  ) {
    var (count, gone, new) = (unread, 0, 0)
    for name in Set(before.names(of: kind)).union(after.names(of: kind)) {
      let old = before.resources[.init(kind, name)]?.count ?? 0
      let stays = after.resources[.init(kind, name)]?.count ?? 0
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

  var isEmpty: Bool { parts.isEmpty }

  /// Reasons against removing so much at once.
  /// - Parameter isSeries: whether several commits do it together that would take effect at once.
  func problems(isSeries: Bool) -> [Diagnostic] {
    parts.filter(isTooMuch).map { part in
      let who = isSeries ? "together with the other commits after the policy in force, it" : "it"
      return Diagnostic(
        Self.id,
        part.isLast
          ? "\(who) removes every \(part.what), without which nothing can be sold"
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
