import DesiredState
import Operations

/// What documents of one resource say, place by place: a field, a member of it, an element of a list, a row of a table.
///
/// Two texts are compared by these parts, so that one more word beside something does not make another thing of it.
struct SaidPlaces {
  enum Step: Hashable {
    case member(String)
    case element(Field.Value)
    /// An element with members, by those of them that name something.
    case object([String: Field.Value])
    case row(SKU, node: String?)
    case inner
  }

  struct Place: Hashable {
    /// The part of the catalogue and the region that the document is for.
    var scope: Scope
    var region: String?
    var steps: [Step]
  }

  /// Several where several documents speak of the same place, as for one season each.
  private var values: [Place: Set<Field.Value>] = [:]
  /// The elements of lists, where these are plain values.
  private var lists: [Place: [[Field.Value]]] = [:]

  init(_ documents: [Resource]) {
    for document in documents {
      let whole = Place(scope: document.scope, region: document.region, steps: [])
      let window = document.effective
      values[whole, default: []].insert(
        .text("\(window.from?.description ?? "always") \(window.until?.description ?? "always")"))
      add(document.fields, at: whole)
    }
  }

  private mutating func add(_ members: Members, at place: Place, except named: Set<String> = []) {
    for member in members.all where !named.contains(member.name) {
      add(member.field, at: place.then(.member(member.name)))
    }
  }

  private mutating func add(_ field: Field, at place: Place) {
    switch field.value {
    case .members(let members): add(members, at: place)
    case .rows(let rows):
      for row in rows { values[place.then(.row(row.sku, node: row.node)), default: []].insert(.integer(row.units)) }
    case .list(let elements):
      var plain: [Field.Value] = []
      for element in elements {
        switch element.value {
        case .members(let members):
          let names = Self.names(members)
          let inner = place.then(.object(names))
          values[inner, default: []].insert(.bool(true))
          add(members, at: inner, except: Set(names.keys))
        case .list, .rows: add(element, at: place.then(.inner))
        default:
          values[place.then(.element(element.value)), default: []].insert(.bool(true))
          plain.append(element.value)
        }
      }
      if plain.count > 1 { lists[place, default: []].append(plain) }
    default: values[place, default: []].insert(field.value)
    }
  }

  /// The members by which an element is known: its texts, or else its first.
  private static func names(_ members: Members) -> [String: Field.Value] {
    let texts = members.all.filter { $0.field.text != nil }
    return (texts.isEmpty ? Array(members.all.prefix(1)) : texts).reduce(into: [:]) { $0[$1.name] = $1.field.value }
  }

  /// Whether anything that one step makes of a resource another makes of it as well, whatever else either does.
  /// - Parameters:
  ///   - rejected: what stood there before and after the one.
  ///   - judged: before and after the other.
  static func meet(
    _ rejected: (before: SaidPlaces, after: SaidPlaces), _ judged: (before: SaidPlaces, after: SaidPlaces)
  ) -> Bool {
    for (place, said) in rejected.after.values {
      let new = said.subtracting(rejected.before.values[place] ?? [])
      let brought = (judged.after.values[place] ?? []).subtracting(judged.before.values[place] ?? [])
      if !new.isDisjoint(with: brought) { return true }
    }
    for (place, said) in rejected.before.values {
      let gone = rejected.after.lost(of: said, at: place)
      guard !gone.isEmpty, let before = judged.before.values[place] else { continue }
      if !gone.isDisjoint(with: judged.after.lost(of: before, at: place)) { return true }
    }
    return rejected.after.lists.contains { place, _ in reorders(place, rejected, judged) }
  }

  /// What is said at a place no more, where nothing is said in its stead.
  private func lost(of said: Set<Field.Value>, at place: Place) -> Set<Field.Value> {
    let left = values[place] ?? []
    return left.isSubset(of: said) ? said.subtracting(left) : []
  }

  private static func reorders(
    _ place: Place, _ rejected: (before: SaidPlaces, after: SaidPlaces),
    _ judged: (before: SaidPlaces, after: SaidPlaces)
  ) -> Bool {
    func only(_ said: SaidPlaces) -> [Field.Value]? {
      said.lists[place].flatMap { $0.count == 1 ? $0.first : nil }
    }
    guard let old = only(rejected.before), let new = only(rejected.after), let before = only(judged.before),
      let after = only(judged.after)
    else { return false }
    let both = Set(old).intersection(new)
    let wanted = new.filter(both.contains)
    guard wanted != old.filter(both.contains) else { return false }
    return after.filter(both.contains) == wanted && before.filter(both.contains) != wanted
  }
}

extension SaidPlaces.Place {
  fileprivate func then(_ step: SaidPlaces.Step) -> Self {
    var next = self
    next.steps.append(step)
    return next
  }
}
