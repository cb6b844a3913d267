import ArgumentParser
import DesiredState
import DesiredStateFiles
import Diagnostics
import FoundationEssentials
import Operations
import Planning

/// `purser explain Channel/marketplace-a`: what holds, where it comes from and what it overrode.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a resource's effective values and where they come from.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "KIND/NAME, for example Channel/marketplace-a.") var resource: String
  @Option(help: "The operations repository.") var repo = "."
  @Option(name: .customLong("class"), help: "For items of this product class.") var productClass: String?
  @Option(help: "For this item. Its class, brand and business unit are not looked up; give them too.") var sku: String?
  @Option(help: "For items of this brand.") var brand: String?
  @Option(help: "For items of this business unit.") var businessUnit: String?
  @Option(help: "For sales in this region (default: what holds in all regions).") var region: String?
  @Option(help: "At this time, in RFC 3339 (default: now).") var now: String?
  @Option(name: .shortAndLong, help: "text or json.") var output = Format.text

  func run() throws {
    let key = try key()
    let moment = try now.map { try ClockOptions.moment($0) } ?? .wallClock
    let work = WorkFolder(path: repo)
    let loaded = work.load()
    guard loaded.isUsable else {
      Output.words(ShownPlaces(work).render(loaded.diagnostics))
      throw ExitCode(1)
    }
    if let productClass { try check(productClass, .productClass, "product class", in: loaded.state) }
    if let region { try check(region, .region, "region", in: loaded.state) }
    let part = CatalogPart(
      productClass: productClass, brand: brand, businessUnit: businessUnit, sku: sku.map { SKU($0) },
      region: region)
    let effective = loaded.state.effective(key, for: part, at: moment)
    guard let effective else { throw nothingHolds(key, in: loaded.state, at: moment) }
    switch output {
    case .text:
      let backorders = self.backorders(of: key, part, in: loaded.state, at: moment).map(Self.text) ?? ""
      let drift = drift(of: key, part, in: loaded.state, at: moment).map(Self.text).joined()
      Output.data(
        "\(key) at \(moment)\n" + effective.values.map { text($0, of: key.kind) }.joined() + backorders + drift)
    case .json:
      var json = json(effective, backorders(of: key, part, in: loaded.state, at: moment), at: moment)
      let drift = drift(of: key, part, in: loaded.state, at: moment)
      if !drift.isEmpty { json["drift"] = .array(drift.map(\.json)) }
      Output.data(JSONValue.object(json).pretty() + "\n")
    }
  }

  /// What a channel and the backorder rule that is about the same items say together.
  private func backorders(
    of key: Resource.Key, _ part: CatalogPart, in state: DesiredState, at moment: Instant
  ) -> EffectiveBackorder? {
    key.kind == .channel ? state.backorders(of: key.name, for: part, at: moment) : nil
  }

  /// What the drift rules say that are about the same items.
  private func drift(
    of key: Resource.Key, _ part: CatalogPart, in state: DesiredState, at moment: Instant
  ) -> [EffectiveDrift] {
    key.kind == .channel ? state.drift(of: key.name, for: part, at: moment) : []
  }

  private static func text(_ drift: EffectiveDrift) -> String {
    let until = drift.rule.effective.until.map { " until \($0)" } ?? ""
    return "  drift of \(drift.field.rawValue): \(drift.answer.rawValue)\(until)    # \(drift.rule.key) at "
      + "\(drift.rule.location)\n"
  }

  private static func text(_ backorders: EffectiveBackorder) -> String {
    let rule = backorders.rule.map { "    # \($0.key) at \($0.location)" } ?? ""
    return "  backorders, by channel and rule: \(backorders.words)\(rule)\n"
  }

  private func key() throws -> Resource.Key {
    let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
    let kinds = Kind.allCases.map(\.rawValue)
    guard parts.count == 2 else { throw ValidationError("'\(resource)' is not KIND/NAME, such as Channel/storefront") }
    guard let kind = Kind(rawValue: parts[0]) else {
      let hint = didYouMean(parts[0], among: kinds) ?? "the kinds are \(kinds.joined(separator: ", "))"
      throw ValidationError("there is no kind '\(parts[0])'; \(hint)")
    }
    return Resource.Key(kind, parts[1])
  }

  private func check(_ name: String, _ kind: Kind, _ word: String, in state: DesiredState) throws(Diagnostic) {
    let names = state.names(of: kind)
    guard !names.contains(name) else { return }
    throw Diagnostic(
      "explain.unknown_\(kind == .region ? "region" : "class")", "there is no \(word) '\(name)'",
      hint: didYouMean(name, among: names)
        ?? (names.isEmpty ? "the repository has none" : "there are \(names.joined(separator: ", "))"))
  }

  private func nothingHolds(_ key: Resource.Key, in state: DesiredState, at moment: Instant) -> Diagnostic {
    guard let variants = state.resources[key] else {
      let names = state.names(of: key.kind)
      return Diagnostic(
        "explain.unknown", "there is no \(key.kind.rawValue) named '\(key.name)'",
        hint: didYouMean(key.name, among: names)
          ?? (names.isEmpty
            ? "the repository has no resource of this kind" : "there are \(names.joined(separator: ", "))"))
    }
    let windows = variants.map { (key.kind.takesScope ? "\($0.scopeWords), " : "") + Self.words($0.effective) }
    return Diagnostic(
      "explain.not_in_effect", "\(key) is not in effect at \(moment)", at: variants[0].location,
      hint: "it is in effect: \(windows.joined(separator: "; "))")
  }

  private func text(_ value: EffectiveResource.Value, of kind: Kind) -> String {
    func line(_ statement: EffectiveResource.Statement) -> String {
      let limits =
        (kind.takesScope ? [statement.scopeWords] : [])
        + (statement.effective.isBounded ? [Self.words(statement.effective)] : [])
      let note = limits.isEmpty ? "" : " (\(limits.joined(separator: ", ")))"
      return "\(statement.field)    # \(statement.field.location)\(note)\n"
    }
    var text = "  \(value.name): " + line(value.winner)
    for row in value.winner.field.rows ?? SafetyStockRows(file: "") where sku == nil || row.sku == sku.map({ SKU($0) })
    {
      text += "      \(row.field)    # \(row.location)\n"
    }
    return text + value.overridden.map { "      overrides " + line($0) }.joined()
  }

  private static func words(_ window: Window) -> String {
    switch (window.from, window.until) {
    case (let from?, let until?): "from \(from) until \(until)"
    case (let from?, nil): "from \(from)"
    case (nil, let until?): "until \(until)"
    case (nil, nil): "always"
    }
  }

  private func json(
    _ effective: EffectiveResource, _ backorders: EffectiveBackorder?, at moment: Instant
  ) -> [String: JSONValue] {
    func json(_ statement: EffectiveResource.Statement) -> [String: JSONValue] {
      [
        "value": statement.field.json, "location": DiagnosticFormats.json(statement.field.location),
        "scope": .string(statement.scopeWords),
        "effective": [
          "from": JSONValue(statement.effective.from?.description),
          "until": JSONValue(statement.effective.until?.description),
        ],
      ]
    }
    var result: [String: JSONValue] = [
      "kind": .string(effective.key.kind.rawValue), "name": .string(effective.key.name),
      "at": .string(moment.description), "class": JSONValue(productClass), "brand": JSONValue(brand),
      "business_unit": JSONValue(businessUnit), "sku": JSONValue(sku), "backorders": backorders?.json ?? .null,
      "values": .array(
        effective.values.map { value in
          var members = json(value.winner)
          members["field"] = .string(value.name)
          members["overrides"] = .array(value.overridden.map { .object(json($0)) })
          return .object(members)
        }),
    ]
    if let region { result["region"] = .string(region) }
    return result
  }
}

extension Field {
  /// The value as JSON: rates, spans and moments as they are written in YAML.
  var json: JSONValue {
    switch value {
    case .integer(let number): .integer(number)
    case .bool(let flag): .bool(flag)
    case .list, .rows: .array(list.map(\.json))
    case .members(let members): .object(Dictionary(members.all.map { ($0.name, $0.field.json) }) { _, last in last })
    case .money: .decimal(description)
    case .text, .rate, .span, .instant, .date, .timeOfDay, .hours, .timeZone: .string(description)
    }
  }
}
