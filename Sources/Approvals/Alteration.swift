import DesiredState
import Diagnostics
import Operations

/// The smallest part of a change that a rule can speak of: one field of one resource in one file, or a file that changes
/// without saying anything new.
struct Alteration: Hashable {
  var path: String
  /// The kind of the resource; `*` for a file that holds none.
  var kind: String
  /// The resource; nil where the file changes and no resource in it does.
  var name: String?
  /// The parts of the catalogue that the resource speaks of, before or after.
  var scopes: Set<Scope> = []
  /// The top-level field that is added, altered or removed; nil for a resource without fields.
  var field: String?
  /// How the numbers in the field move; empty where there are none or all stay.
  var steps: Set<NumberStep> = []
  /// Whether it could be about anything of its kind in the file: what stood there before cannot be read.
  var isUnknown = false

  /// In words: `cap of Channel/web`.
  var words: String {
    guard let name else { return path }
    return (field.map { "\($0) of " } ?? "") + "\(kind)/\(name)"
  }
}

/// How one number changes.
enum NumberStep: Hashable {
  enum Direction: String { case raise, lower }

  /// - share: parts per million of what it was; nil where it was 0, which is more than any share.
  /// - units: by how much; nil where it counts no units.
  case moved(Direction, share: Int64?, units: Int64?)
  /// The number came or went: what stands for its absence is not for a rule to know.
  case appeared
}

extension Change {
  /// Every part of the change, in the order of paths, kinds, names and fields.
  func alterations() -> [Alteration] {
    let changed = Set(paths)
    var result = resources().flatMap { resource in
      Self.pairs(before.resources[resource.key] ?? [], after.resources[resource.key] ?? []).flatMap { old, new in
        let files = Set([old, new].compactMap { $0?.location.file }).intersection(changed)
        return files.flatMap { Self.alterations(resource.key, in: $0, old, new) }
      }
    }
    for (path, kinds) in leftOut where changed.contains(path) {
      result += kinds.map { Alteration(path: path, kind: $0.rawValue, isUnknown: true) }
    }
    let told = Set(result.map(\.path))
    for path in paths where !told.contains(path) {
      result += kinds(in: path, []).map { Alteration(path: path, kind: $0) }
    }
    return result.sorted {
      ($0.path, $0.kind, $0.name ?? "", $0.field ?? "") < ($1.path, $1.kind, $1.name ?? "", $1.field ?? "")
    }
  }

  /// The kinds that a change of a file is about: those of the resources that it changes there; where it changes none (a
  /// comment), those of all that stand there; and `*` for a file that holds no resource.
  func kinds(in path: String, _ changed: [ChangedResource]) -> Set<String> {
    let here = Set(changed.filter { $0.paths.contains(path) }.map(\.key.kind.rawValue))
      .union((leftOut[path] ?? []).map(\.rawValue))
    guard here.isEmpty else { return here }
    let standing = [before, after].flatMap { $0.resources.values.joined() }.filter { $0.location.file == path }
    return standing.isEmpty ? ["*"] : Set(standing.map(\.key.kind.rawValue))
  }

  /// The overlays of one resource that differ, each with what it was or became. An overlay is known by what part of the
  /// catalogue it is for, and among several by its window.
  private static func pairs(_ old: [Resource], _ new: [Resource]) -> [(Resource?, Resource?)] {
    var rest = new
    var gone: [Resource] = []
    for resource in old {
      if let index = rest.firstIndex(where: { $0.says(sameAs: resource) }) {
        rest.remove(at: index)
      } else {
        gone.append(resource)
      }
    }
    func isSame(_ one: Resource, _ other: Resource) -> Bool {
      one.scope == other.scope
        && (one.effective == other.effective
          || (gone.count { $0.scope == one.scope } == 1 && rest.count { $0.scope == one.scope } == 1))
    }
    var result: [(Resource?, Resource?)] = []
    var partners = rest
    for resource in gone {
      let index = partners.firstIndex { isSame(resource, $0) }
      result.append((resource, index.map { partners.remove(at: $0) }))
    }
    return result + partners.map { (nil, $0) }
  }

  private static func alterations(
    _ key: Resource.Key, in path: String, _ old: Resource?, _ new: Resource?
  ) -> [Alteration] {
    let scopes = Set([old, new].compactMap { $0 }.flatMap(\.subjects))
    var result: [Alteration] = []
    func add(_ field: String?, _ steps: Set<NumberStep>) {
      result.append(
        Alteration(path: path, kind: key.kind.rawValue, name: key.name, scopes: scopes, field: field, steps: steps))
    }
    var names = Set<String>()
    for name in [old, new].compactMap({ $0 }).flatMap({ $0.fields.all.map(\.name) }) where names.insert(name).inserted {
      let (before, after) = (old?.fields[name], new?.fields[name])
      if let before, let after, before.says(sameAs: after) { continue }
      add(name, NumberStep.all(from: before, to: after))
    }
    if (old?.effective ?? .always) != (new?.effective ?? .always) { add("effective", []) }
    if result.isEmpty { add(nil, []) }
    return result
  }
}

extension Resource {
  /// The parts of the catalogue that it speaks of.
  fileprivate var subjects: [Scope] {
    if key.kind == .productClass { return [.productClass(key.name)] }
    let rows = fields["rows"]?.rows.map { rows in Set(rows.skus).map(Scope.item) } ?? []
    return rows + (scope == .everything ? [target] : [scope])
  }
}

extension NumberStep {
  /// How the numbers in a field move.
  static func all(from old: Field?, to new: Field?) -> Set<NumberStep> {
    let (before, after) = (numbers(in: old), numbers(in: new))
    var steps = Set<NumberStep>()
    for (name, number) in before {
      guard let other = after[name], other.isCount == number.isCount else {
        steps.insert(.appeared)
        continue
      }
      if other.value != number.value { steps.insert(NumberStep(number.value, other.value, isCount: number.isCount)) }
    }
    if after.keys.contains(where: { before[$0] == nil }) { steps.insert(.appeared) }
    return steps
  }

  private init(_ old: Int64, _ new: Int64, isCount: Bool) {
    let distance = new > old ? new.magnitudeAbove(old) : old.magnitudeAbove(new)
    let (scaled, isTooLarge) = distance.multipliedReportingOverflow(by: 1_000_000)
    let share = old == 0 ? nil : isTooLarge ? distance / max(1, old.magnitude) : scaled / old.magnitude
    self = .moved(
      new > old ? .raise : .lower, share: share.map { Int64(clamping: $0) },
      units: isCount ? Int64(clamping: distance) : nil)
  }

  /// Every number in a field by the way that leads to it, and whether it counts something. A share is no count, nor is a
  /// length of time or an amount of money.
  private static func numbers(in field: Field?) -> [String: (value: Int64, isCount: Bool)] {
    var result: [String: (value: Int64, isCount: Bool)] = [:]
    func visit(_ field: Field, _ way: String) {
      switch field.value {
      case .integer(let value): result[way] = (value, true)
      case .rate(let rate): result[way] = (rate.partsPerMillion, false)
      case .span(let span): result[way] = (span.milliseconds, false)
      case .money(let amount): result[way] = (amount, false)
      case .list(let fields): for (index, field) in fields.enumerated() { visit(field, way + "/\(index)") }
      case .members(let members): for member in members.all { visit(member.field, way + "/" + member.name) }
      case .rows(let rows):
        for row in rows { result["\(row.sku.rawValue)\n\(row.node ?? "")"] = (row.units, true) }
      case .text, .bool, .instant, .date, .timeOfDay, .hours, .timeZone: break
      }
    }
    if let field { visit(field, "") }
    return result
  }
}

extension Int64 {
  fileprivate func magnitudeAbove(_ other: Int64) -> UInt64 { UInt64(bitPattern: self &- other) }
}
