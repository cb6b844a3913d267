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
  /// What brings it about where the field itself stays as it is: another field of the resource, such as `effective`, or
  /// another resource.
  var through: String?
  /// Whether it happens to a resource that the change does not touch. Rules that ask for a review then ask for it, and
  /// nothing need let it through beside what it comes through.
  var isElsewhere = false
  /// Whether it could be about anything of its kind in the file: what stood there before cannot be read.
  var isUnknown = false

  /// In words: `cap of Channel/web`.
  var words: String {
    guard let name else { return path }
    let what = (field.map { "\($0) of " } ?? "") + "\(kind)/\(name)"
    return through.map { "\(what), through \(isElsewhere ? $0 : "its \($0)")" } ?? what
  }
}

extension Change {
  /// Every part of the change, in the order of paths, what it says before what that brings about, and then kinds, names
  /// and fields.
  func alterations() -> [Alteration] {
    let changed = Set(paths)
    let resources = resources().map { key, _ in
      AlteredResource(key: key, pairs: Self.pairs(before.resources[key] ?? [], after.resources[key] ?? []))
    }
    var result = resources.flatMap { $0.alterations(in: changed) }
    result += elsewhere(resources)
    for (path, kinds) in leftOut where changed.contains(path) {
      result += kinds.map { Alteration(path: path, kind: $0.rawValue, isUnknown: true) }
    }
    let told = Set(result.filter { !$0.isElsewhere }.map(\.path))
    for path in paths where !told.contains(path) {
      result += kinds(in: path, []).map { Alteration(path: path, kind: $0) }
    }
    func rank(_ part: Alteration) -> Int { part.isElsewhere ? 2 : part.through == nil ? 0 : 1 }
    return result.sorted {
      ($0.path, rank($0), $0.kind, $0.name ?? "", $0.field ?? "")
        < ($1.path, rank($1), $1.kind, $1.name ?? "", $1.field ?? "")
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
  /// catalogue and which region it is for, and among several by its window.
  private static func pairs(_ old: [Resource], _ new: [Resource]) -> [AlteredResource.Pair] {
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
      one.isAboutSame(as: other)
        && (one.effective == other.effective
          || (gone.count { $0.isAboutSame(as: one) } == 1 && rest.count { $0.isAboutSame(as: one) } == 1))
    }
    var result: [AlteredResource.Pair] = []
    var partners = rest
    for resource in gone {
      let index = partners.firstIndex { isSame(resource, $0) }
      result.append((resource, index.map { partners.remove(at: $0) }))
    }
    return result + partners.map { (nil, $0) }
  }
}

extension Resource {
  fileprivate func isAboutSame(as other: Resource) -> Bool { scope == other.scope && region == other.region }

  /// The parts of the catalogue that it speaks of.
  var subjects: [Scope] {
    if key.kind == .productClass { return [.productClass(key.name)] }
    let rows = fields["rows"]?.rows.map { rows in Set(rows.skus).map(Scope.item) } ?? []
    return rows + (scope == .everything ? [target] : [scope])
  }
}
