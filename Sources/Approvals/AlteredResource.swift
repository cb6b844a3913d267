import DesiredState
import Diagnostics
import Operations

/// A resource that a change touches, with its overlays that differ.
struct AlteredResource {
  /// What an overlay was and what it became; nil where it comes or goes.
  typealias Pair = (old: Resource?, new: Resource?)

  let key: Resource.Key
  let pairs: [Pair]

  /// What the change says of it in some files, and what that makes of the rest of it.
  func alterations(in paths: Set<String>) -> [Alteration] {
    pairs.flatMap { pair in
      let files = Set([pair.old, pair.new].compactMap { $0?.location.file }).intersection(paths)
      return files.flatMap { alterations(pair, in: $0) }
    }
  }

  private func alterations(_ pair: Pair, in path: String) -> [Alteration] {
    let (old, new) = pair
    let scopes = Set([old, new].compactMap { $0 }.flatMap(\.subjects))
    var result: [Alteration] = []
    func add(_ field: String?, _ steps: Set<NumberStep>, through: String? = nil) {
      result.append(
        Alteration(
          path: path, kind: key.kind.rawValue, name: key.name, scopes: scopes, field: field, steps: steps,
          through: through))
    }
    let names = Self.names(pair)
    let altered = Set(names.filter { Self.isAltered($0, pair) })
    let turned = Self.turned(pair, altered)
    for name in names {
      let (before, after) = (old?.fields[name], new?.fields[name])
      let type = Schema.type(of: name, in: key.kind)
      let through = turned.first { $0.field != name && $0.reach.contains(name) }?.field
      guard altered.contains(name) || through != nil else { continue }
      let own = altered.contains(name) ? NumberStep.all(from: before, to: after, of: type) : []
      add(
        name, own.union(through == nil ? [] : NumberStep.comingAndGoing(before, after, of: type)),
        through: altered.contains(name) ? nil : through)
    }
    if Self.movesWindow(pair) { add(Self.window, []) }
    if result.isEmpty { add(nil, []) }
    return result
  }

  private static let window = "effective"

  /// The fields that say for what or when the others hold, and that differ. Where an overlay comes or goes all of it does.
  private static func turned(_ pair: Pair, _ altered: Set<String>) -> [(field: String, reach: FieldReach)] {
    guard let kind = (pair.old ?? pair.new)?.key.kind, pair.old != nil, pair.new != nil else { return [] }
    let fields = altered.sorted { $0.isBytewiseLess(than: $1) }.compactMap { name in
      Schema.reach(of: name, in: kind).map { (name, $0) }
    }
    return (movesWindow(pair) ? [(window, .all)] : []) + fields
  }

  private static func movesWindow(_ pair: Pair) -> Bool {
    (pair.old?.effective ?? .always) != (pair.new?.effective ?? .always)
  }

  /// The fields that it has before or after, in their order.
  private static func names(_ pair: Pair) -> [String] {
    var seen = Set<String>()
    return [pair.old, pair.new].compactMap { $0 }.flatMap { $0.fields.all.map(\.name) }
      .filter { seen.insert($0).inserted }
  }

  private static func isAltered(_ name: String, _ pair: Pair) -> Bool {
    guard let before = pair.old?.fields[name], let after = pair.new?.fields[name] else { return true }
    return !before.says(sameAs: after)
  }

  // MARK: What it decides about other resources

  /// The fields that differ in some overlay of it; all, where one comes or goes.
  var alteredFields: Set<String> {
    pairs.reduce(into: []) { result, pair in
      result.formUnion(Self.names(pair).filter { Self.isAltered($0, pair) })
    }
  }

  /// Whether it begins or ceases to hold at some time.
  var comesOrGoes: Bool { pairs.contains { $0.old == nil || $0.new == nil || Self.movesWindow($0) } }

  /// The same for what overlays narrow: outside of its window none of them holds.
  var baseComesOrGoes: Bool {
    pairs.contains { pair in
      guard (pair.old ?? pair.new)?.isBase == true else { return false }
      return pair.old == nil || pair.new == nil || Self.movesWindow(pair)
    }
  }
}

extension Change {
  /// What becomes of resources that stay as they are, because others decide for what they hold: overlays hold only with
  /// what they narrow, those of a class for the items in it, those of a region for what it serves, and the share of a
  /// channel where its tier shares.
  func elsewhere(_ altered: [AlteredResource]) -> [Alteration] {
    altered.flatMap { resource -> [Alteration] in
      let words = resource.key.description
      switch resource.key.kind {
      case .productClass:
        let classes = classesFrom(resource)
        return standing(through: words) { $0.productClass.map(classes.contains) ?? false }
      case .region: return standing(through: words) { $0.region != nil || $0.targetRegion != nil }
      case .allocationTier where resource.comesOrGoes || resource.alteredFields.contains("rule"):
        return standing(through: words, only: "share") { $0.key.kind == .channel && isOf(resource.key.name, $0.key) }
      case let kind where kind.takesScope && resource.baseComesOrGoes:
        return standing(through: words) { $0.key == resource.key && !$0.isBase }
      default: return []
      }
    }
  }

  /// A class, and those that its items come from or go to: the first that matches has an item.
  private func classesFrom(_ altered: AlteredResource) -> Set<String> {
    func rank(_ resource: Resource) -> Int64 { resource.fields["priority"]?.integer ?? .max }
    let first = altered.pairs.flatMap { [$0.old, $0.new] }.compactMap { $0.map(rank) }.min() ?? 0
    let behind = (before.all(.productClass) + after.all(.productClass)).filter { rank($0) >= first }
    return Set(behind.map(\.key.name)).union([altered.key.name])
  }

  private func isOf(_ tier: String, _ channel: Resource.Key) -> Bool {
    [before, after].contains { state in
      (state.resources[channel] ?? []).contains { $0.fields["tier"]?.text == tier }
    }
  }

  /// The fields of what stands before and after alike.
  private func standing(
    through cause: String, only field: String? = nil, where isMeant: (Resource) -> Bool
  ) -> [Alteration] {
    before.resources.flatMap { key, variants in
      variants.filter { variant in
        isMeant(variant) && (after.resources[key] ?? []).contains { $0.says(sameAs: variant) }
      }.flatMap { variant in
        variant.fields.all.filter { field == nil || $0.name == field }.map { member in
          Alteration(
            path: variant.location.file, kind: key.kind.rawValue, name: key.name, scopes: Set(variant.subjects),
            field: member.name,
            steps: NumberStep.comingAndGoing(
              member.field, member.field, of: Schema.type(of: member.name, in: key.kind)),
            through: cause, isElsewhere: true)
        }
      }
    }
  }
}

extension Resource {
  /// The class that it is for.
  fileprivate var productClass: String? {
    guard key.kind != .productClass else { return nil }
    for scope in [scope, target] { if case .productClass(let name) = scope { return name } }
    return nil
  }
}

extension Schema {
  fileprivate static func type(of field: String, in kind: Kind) -> FieldType? {
    fields(of: kind).first { $0.name == field }?.type
  }
}
