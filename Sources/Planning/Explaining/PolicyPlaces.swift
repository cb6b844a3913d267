public import DesiredState
import Diagnostics
public import Operations

/// The values of a policy at a moment, each with the place where it stands.
public struct PolicyPlaces: Sendable {
  public let state: DesiredState
  public let now: Instant

  public init(_ state: DesiredState, at now: Instant) {
    self.state = state
    self.now = now
  }

  /// A field as `Kind/name field: value`, and where it was written.
  public struct Place: Hashable, Sendable {
    /// What it is about, whatever the value: `Kind/name field`.
    public var subject: String
    public var words: String
    /// File, line and column.
    public var location: String
    /// File and line.
    public var line: String

    /// The file alone.
    public var file: String

    init(_ subject: String, _ field: Field) { self.init(subject, ": \(field)", at: field.location) }

    /// - Parameter rest: what is said of the subject.
    init(_ subject: String, _ rest: String, at location: SourceLocation) {
      self.subject = subject
      words = subject + rest
      self.location = location.description
      line = "\(location.file):\(location.line)"
      file = location.file
    }

    public var json: JSONValue { ["value": .string(words), "location": .string(location)] }
  }

  /// - Parameter part: the part of the catalogue that it is asked for, where overlays may narrow it.
  public func place(_ kind: Kind, _ name: String, _ field: String, for part: CatalogPart = CatalogPart()) -> Place? {
    let key = Resource.Key(kind, name)
    return self.field(kind, name, field, for: part).map { Place("\(key) \(field)", $0) }
  }

  /// Those of the fields that say something.
  public func places(
    _ kind: Kind, _ name: String, _ fields: [String], for part: CatalogPart = CatalogPart()
  ) -> [Place] {
    fields.compactMap { place(kind, name, $0, for: part) }
  }

  public func field(_ kind: Kind, _ name: String, _ field: String, for part: CatalogPart = CatalogPart()) -> Field? {
    state.effective(.init(kind, name), for: part, at: now)?[field]
  }

  /// A field or, where it says nothing, the resource that it could stand in.
  func placeOrAbsence(
    _ kind: Kind, _ name: String, _ field: String, for part: CatalogPart = CatalogPart()
  ) -> [Place] {
    if let place = place(kind, name, field, for: part) { return [place] }
    return absence(of: "'\(field)'", for: kind, name)
  }

  /// The resource that lacks something.
  func absence(of what: String, for kind: Kind, _ name: String) -> [Place] {
    resource(kind, name).map { [Place("\($0.key)", " has no \(what)", at: $0.location)] } ?? []
  }

  /// A resource, whether or not it holds now: the one without a scope, if there are several.
  func resource(_ kind: Kind, _ name: String) -> Resource? { state.resources[.init(kind, name)]?.first }

  /// The names of lanes that lead to a region.
  public func lanes(to region: String) -> [String] {
    state.names(of: .lane).filter { field(.lane, $0, "to")?.text?.isBytewiseEqual(to: region) ?? false }
  }

  /// What the protection of a channel says that counts for a part of the catalogue.
  public func protections(of channel: ChannelID, for part: CatalogPart) -> [Place] {
    protections(of: channel, for: part, ["units", "percent_of_on_hand", "percent_of_inbound"])
  }

  /// The same of what is to come.
  public func inboundProtections(of channel: ChannelID, for part: CatalogPart) -> [Place] {
    protections(of: channel, for: part, ["percent_of_inbound"])
  }

  /// The same of goods under way between our nodes, which were on hand and will be.
  public func transferProtections(of channel: ChannelID, for part: CatalogPart) -> [Place] {
    protections(of: channel, for: part, ["units", "percent_of_on_hand"])
  }

  private func protections(of channel: ChannelID, for part: CatalogPart, _ fields: [String]) -> [Place] {
    guard let resource = PolicyResolver(state: state, now: now).protection(of: channel.rawValue, for: part) else {
      return []
    }
    return fields.compactMap { name in resource.fields[name].map { Place("\(resource.key) \(name)", $0) } }
  }

  /// What keeps units of an item at a node: the most specific rule, and the node's own minimum.
  func safetyStock(_ node: NodeID, for part: CatalogPart) -> [Place] {
    var best: (rank: Int, place: Place)?
    func offer(_ rank: Int, _ place: Place) { if best.map({ rank > $0.rank }) ?? true { best = (rank, place) } }
    let region = PolicyResolver(state: state, now: now).regions().map.region(of: node)
    for rule in current(.safetyStock) where rule.targetRegion.map({ $0 == region.rawValue }) ?? true {
      let window = rule.effective.isBounded ? 1 : 0
      if let rows = rule.fields["rows"]?.rows {
        for index in rows.indices where rows.skus[index] == part.sku {
          let row = rows[index]
          guard row.node.map({ $0 == node.rawValue }) ?? true else { continue }
          let rank = Scope.item(row.sku).specificity * 8 + (row.node == nil ? 0 : 4) + window
          offer(rank, Place("\(rule.key)", " \(row.field)", at: row.location))
        }
      } else if rule.target.covers(part), rule.fields["node"]?.text.map({ $0 == node.rawValue }) ?? true,
        let units = rule.fields["units"]
      {
        let place = rule.fields["node"] != nil ? 4 : rule.targetRegion != nil ? 2 : 0
        offer(rule.target.specificity * 8 + place + window, Place("\(rule.key) units", units))
      }
    }
    return (best.map { [$0.place] } ?? []) + places(.node, node.rawValue, ["minimum_stock"])
  }

  private func current(_ kind: Kind) -> [Resource] { PolicyResolver(state: state, now: now).current(kind) }
}
