public import DesiredState
import Diagnostics
import Operations

/// The smallest thing that a change says: a value that stands somewhere afterwards, wherever the file says it and whatever
/// else the change does.
///
/// A field of one value is one setting, and so is each member of an object, each element of a list, each row, and the mere
/// presence of a resource.
public struct Setting: Hashable, Sendable {
  /// Where a value stands.
  public struct Place: Hashable, Sendable {
    /// The overlay: `Channel/web`, and for what part of the catalogue; or the path of a file that holds no resources.
    var subject: String
    /// The way through its fields, such as `/cap/units`. An element of a list and a row are places of their own.
    var way: String
  }

  public var place: Place
  /// As it could be written; nil where nothing stands there any more.
  public var value: String?

  init(_ subject: String, _ way: String, _ value: String?) {
    place = Place(subject: subject, way: way)
    self.value = value
  }

  /// In words: `cap/units of Channel/web`.
  public var words: String {
    place.way.isEmpty ? place.subject : "\(place.way.dropFirst()) of \(place.subject)"
  }

  /// What a change of some resources says: what stands afterwards and did not before, and what is gone.
  public static func changed(from old: [Resource], to new: [Resource]) -> Set<Setting> {
    changed(from: standing(in: old), to: standing(in: new))
  }

  /// What a change of a file says that holds no resources.
  /// - Parameter object: what stands there afterwards, as `FileChange` has it.
  public static func changed(path: String, to object: String?) -> Setting { Setting(path, "", object) }

  private static func changed(from old: Set<Setting>, to new: Set<Setting>) -> Set<Setting> {
    let places = Set(new.map(\.place))
    let gone = Set(old.map(\.place)).subtracting(places)
    return new.subtracting(old).union(gone.map { Setting($0.subject, $0.way, nil) })
  }

  /// Overlays for the same part of the catalogue that hold at different times say it together: a window that is moved by a
  /// moment makes nothing new of what stands in it.
  private static func standing(in resources: [Resource]) -> Set<Setting> {
    var result = Set<Setting>()
    for resource in resources {
      let subject = resource.isBase ? resource.key.description : "\(resource.key) for \(resource.scopeWords)"
      func visit(_ field: Field, _ way: String) {
        switch field.value {
        case .members(let members): for member in members.all { visit(member.field, "\(way)/\(member.name)") }
        case .list(let elements): for element in elements { result.insert(Setting(subject, "\(way)/\(element)", "")) }
        case .rows(let rows):
          for row in rows {
            result.insert(
              Setting(subject, "\(way)/\(row.sku)" + (row.node.map { "@\($0)" } ?? ""), String(row.units)))
          }
        default: result.insert(Setting(subject, way, field.description))
        }
      }
      result.insert(Setting(subject, "", ""))
      for member in resource.fields.all { visit(member.field, "/\(member.name)") }
      if resource.effective.isBounded { result.insert(Setting(subject, "/effective", resource.effective.words)) }
    }
    return result
  }
}

extension Window {
  fileprivate var words: String { "\(from.map(\.description) ?? "")..\(until.map(\.description) ?? "")" }
}

extension Change {
  /// What it says, as far as it can be read. Of what stands under `state/` only resources say something.
  public var settings: Set<Setting> {
    let changed = Set(paths)
    let keys = resources().map(\.key)
    func here(_ state: DesiredState) -> [Resource] {
      keys.flatMap { state.resources[$0] ?? [] }.filter { changed.contains($0.location.file) }
    }
    let others = files.filter { !$0.path.hasPrefix("state/") }.map { Setting.changed(path: $0.path, to: $0.new) }
    return Setting.changed(from: here(before), to: here(after)).union(others)
  }
}
