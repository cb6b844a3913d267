public import DesiredState
public import Diagnostics
import Digest
import Operations
import YAML

/// One file of an operations repository, wherever it was read from.
public struct SourceFile: Sendable {
  public var path: String
  public var bytes: [UInt8]

  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// What one file says, and what is wrong with it.
public struct DecodedFile: Sendable {
  public var resources: [Resource] = []
  public var diagnostics: [Diagnostic] = []
  /// How many documents of each kind stand there and are not among the resources because of errors; nil where that cannot be
  /// told.
  public private(set) var leftOut: [Kind: Int]? = [:]

  public init(decoding file: SourceFile) { self.init(decoding: file, zones: .system) }

  /// - Parameter zones: where the time zones that the file names are looked up.
  public init(decoding file: SourceFile, zones: ZoneDatabase) {
    let (tree, problems) = YAMLTree.read(file.bytes, file: file.path)
    var decoder = ResourceDecoder(tree: tree, zones: zones, size: file.bytes.count)
    for document in tree.documents {
      guard !decoder.isFull else {
        // Nobody looked at what follows.
        leftOut = nil
        break
      }
      let before = decoder.diagnostics.count
      guard let resource = decoder.resource(document) else {
        guard Array(decoder.diagnostics[before...]).hasErrors else { continue }
        if let kind = decoder.kind(of: document) { leftOut?[kind, default: 0] += 1 } else { leftOut = nil }
        continue
      }
      resources.append(resource)
      for caution in resource.cautions() { decoder.add(caution) }
    }
    decoder.noteTheRest()
    guard !problems.isEmpty else {
      diagnostics = decoder.diagnostics
      return
    }
    if problems.hasErrors { leftOut = nil }
    // Where YAML itself is at fault, what the schema says about the same place only repeats it.
    let places = Set(problems.map(\.location))
    diagnostics = problems + decoder.diagnostics.filter { !places.contains($0.location) }
  }
}

/// Turns YAML nodes into resources by the schema, gathering every problem on the way.
struct ResourceDecoder {
  let tree: YAMLTree
  let zones: ZoneDatabase
  private var problems: FileProblems

  /// - Parameter size: of the file in bytes.
  init(tree: YAMLTree, zones: ZoneDatabase, size: Int) {
    self.tree = tree
    self.zones = zones
    problems = FileProblems(size: size)
  }

  var diagnostics: [Diagnostic] { problems.all }
  var isFull: Bool { problems.isFull }
  mutating func add(_ problem: Diagnostic) { problems.add(problem) }
  mutating func noteTheRest() { problems.noteTheRest(of: tree.file) }

  mutating func resource(_ document: YAMLTree.Index) -> Resource? {
    guard tree[document].kind == .mapping else {
      if tree[document].kind == .plain, tree.string(document).isEmpty { return nil }
      report("not_a_resource", "a resource must be a list of fields", document, "start with 'kind:' and 'name:'")
      return nil
    }
    guard let kindNode = value(of: "kind", in: document) else {
      report("required", "the field 'kind' is missing", document, "add it, for example 'kind: Channel'")
      return nil
    }
    let kindName = tree.string(kindNode)
    guard let kind = Kind(rawValue: kindName) else {
      let kinds = Kind.allCases.map(\.rawValue)
      report(
        "unknown_kind", "there is no kind '\(kindName)'", kindNode,
        didYouMean(kindName, among: kinds) ?? "the kinds are \(kinds.joined(separator: ", "))")
      return nil
    }
    let before = diagnostics.count
    var fields = Members()
    var common = Members()
    let commonFields = Schema.commonFields(of: kind)
    let ownFields = Schema.fields(of: kind)
    decode(document, commonFields + ownFields, of: kind.rawValue) { name, field in
      if commonFields.contains(where: { $0.name == name }) {
        common.append(name, field)
      } else {
        fields.append(name, field)
      }
    }
    guard let name = common["name"]?.text, isName(name, at: common["name"]?.location) else { return nil }
    let window = window(common["effective"])
    let scope = scope(common["scope"])
    guard !diagnostics[before...].contains(where: { $0.severity == .error }) else { return nil }
    return Resource(
      key: .init(kind, name), scope: scope, effective: window, fields: fields,
      location: tree.location(document), region: common["scope"]?.members?["region"]?.text)
  }

  /// The kind that a document is of; nil where that cannot be told.
  func kind(of document: YAMLTree.Index) -> Kind? {
    guard tree[document].kind == .mapping, let node = value(of: "kind", in: document) else { return nil }
    return Kind(rawValue: tree.string(node))
  }

  private func value(of key: String, in mapping: YAMLTree.Index) -> YAMLTree.Index? {
    var children = tree.children(mapping)
    while let name = children.next(), let value = children.next() {
      if tree.string(name) == key { return value }
    }
    return nil
  }

  private mutating func isName(_ name: String, at location: SourceLocation?) -> Bool {
    let allowed = name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || ".-_".utf8.contains($0)
    }
    if allowed, !name.isEmpty, name.utf8.count <= Limits.nameBytes { return true }
    add(
      Diagnostic(
        "state.bad_name", "'\(name)' is not a valid name", at: location,
        hint: "use letters, digits, '.', '-' and '_', at most \(Limits.nameBytes)"))
    return false
  }

  private mutating func scope(_ field: Field?) -> Scope {
    guard let field, let members = field.members else { return .everything }
    let given = Scope.fieldNames.filter { members[$0] != nil }
    if given.isEmpty, members["region"] != nil { return .everything }
    // What stands there but is wrong has been reported already.
    guard given.count == 1 else {
      guard given.count > 1 || members.all.isEmpty else { return .everything }
      let names = (Scope.fieldNames + ["region"]).joined(separator: ", ")
      add(
        Diagnostic(
          "state.one_of",
          "the scope has \(given.isEmpty ? "none of \(names)" : given.joined(separator: " and "))",
          at: field.location,
          hint:
            "give one of them, for example \(Self.example(of: "scope")); without a scope the resource applies to all items"
        )
      )
      return .everything
    }
    return Scope(members)
  }

  private mutating func window(_ field: Field?) -> Window {
    let window = Window(
      from: field?.members?["from"]?.instant, until: field?.members?["until"]?.instant)
    if let from = window.from, let until = window.until, until <= from {
      add(
        Diagnostic(
          "state.window_ends_before_start", "the window ends (\(until)) before it starts (\(from))",
          at: field?.members?["until"]?.location, hint: "swap them, or correct the year"))
    }
    return window
  }

  mutating func decode(
    _ mapping: YAMLTree.Index, _ specs: [FieldSpec], of owner: String, _ keep: (String, Field) -> Void
  ) {
    var seen: [String] = []
    var children = tree.children(mapping)
    while !isFull, let keyNode = children.next(), let valueNode = children.next() {
      let key = tree.string(keyNode)
      guard let spec = specs.first(where: { $0.name == key }) else {
        let names = specs.map(\.name)
        report(
          "unknown_field", "\(owner) has no field '\(key)'", keyNode,
          didYouMean(key, among: names) ?? "its fields are \(names.joined(separator: ", "))")
        continue
      }
      seen.append(key)
      if let value = value(valueNode, spec.type, named: key) { keep(key, Field(value, at: tree.location(valueNode))) }
    }
    for spec in specs where spec.isRequired && !seen.contains(spec.name) {
      report("required", "\(owner) needs the field '\(spec.name)'", mapping, spec.help)
    }
  }

  private mutating func value(_ node: YAMLTree.Index, _ type: FieldType, named name: String) -> Field.Value? {
    switch type {
    case .object(let specs):
      guard isKind(node, .mapping, name, Self.example(of: name)) else { return nil }
      var members = Members()
      decode(node, specs, of: "'\(name)'") { members.append($0, $1) }
      return .members(members)
    case .map(let element):
      guard isKind(node, .mapping, name, Self.example(of: name)) else { return nil }
      var members = Members()
      var children = tree.children(node)
      while !isFull, let key = children.next(), let child = children.next() {
        if let value = value(child, element, named: tree.string(key)) {
          members.append(tree.string(key), Field(value, at: tree.location(child)))
        }
      }
      return .members(members)
    case .safetyStockRows:
      guard isKind(node, .sequence, name, "a list of rows: [{sku: A, units: 1}]") else { return nil }
      return .rows(rows(node))
    case .openDays:
      guard isKind(node, .mapping, name, Self.example(of: name)) else { return nil }
      return .members(openDays(node))
    case .list(let element):
      guard isKind(node, .sequence, name, "a list: [one, two]") else { return nil }
      var fields: [Field] = []
      for child in tree.children(node) where !isFull {
        if let value = value(child, element, named: name) { fields.append(Field(value, at: tree.location(child))) }
      }
      return .list(fields)
    case .either(let words, let other):
      if isScalar(node), words.contains(tree.string(node)) { return .text(tree.string(node)) }
      return value(node, other, named: name)
    default:
      guard isScalar(node) else {
        report("wrong_type", "'\(name)' must be a single value", node, "write '\(name): ' and the value in one line")
        return nil
      }
      return scalar(node, type, named: name)
    }
  }

  private mutating func scalar(_ node: YAMLTree.Index, _ type: FieldType, named name: String) -> Field.Value? {
    let text = tree.string(node)
    func wrong(_ expected: String, _ hint: String) -> Field.Value? {
      report("wrong_type", "'\(name)' must be \(expected), not '\(text)'", node, hint)
      return nil
    }
    switch type {
    case .text, .reference, .sku, .name:
      return self.text(node, type, named: name)
    case .quantity(let minimum): return integer(node, minimum...Limits.quantity, named: name)
    case .integer(let range): return integer(node, range, named: name)
    case .bool:
      if let value = tree.bool(node) { return .bool(value) }
      return wrong("true or false", "write true or false, without quotes")
    case .rate:
      if let rate = Rate(text) { return .rate(rate) }
      return wrong("a percentage from 0% to 100%", "for example 30% or 2.5%")
    case .span:
      if let span = TimeSpan(text), span.milliseconds > 0 { return .span(span) }
      return wrong("a duration from 1s to \(TimeSpan.longest)", Self.spanHint(text))
    case .instant:
      if let instant = Instant(text) { return .instant(instant) }
      return wrong("a time with an offset", "for example 2026-11-20T00:00:00Z")
    case .date, .timeOfDay, .timeZone, .money: return calendarValue(node, type, named: name)
    case .choice(let words):
      if words.contains(text) { return .text(text) }
      return wrong(
        "one of \(words.joined(separator: ", "))", didYouMean(text, among: words) ?? "choose one of these words")
    case .publicKey:
      if PublicKey(openSSH: text) != nil { return .text(text) }
      return wrong(
        "an SSH public key",
        "the one line of a .pub file: Ed25519, ECDSA, or RSA with 2048 bits or more (ssh-keygen -t ed25519)")
    case .ed25519Key:
      if PublicKey(openSSH: text)?.kind == .ed25519 { return .text(text) }
      return wrong("an Ed25519 public key", "the one line of a .pub file, starting with ssh-ed25519")
    case .list, .object, .map, .either, .safetyStockRows, .openDays: return nil
    }
  }

  private mutating func text(_ node: YAMLTree.Index, _ type: FieldType, named name: String) -> Field.Value? {
    let text = tree.string(node)
    guard Self.isOneLine(text) else {
      report("wrong_type", "'\(name)' must be one line of text", node, "1 to 4096 bytes, without control characters")
      return nil
    }
    if let wrong = Self.characterProblem(text, type) {
      report(
        "unseen_character", "'\(name)' \(wrong)", node, "retype it: such characters come from copied text")
      return nil
    }
    if tree.looksLikeAnotherType(node) {
      add(
        Diagnostic(
          "state.quote_it", "'\(text)' is read as text here, but as something else by other YAML tools",
          at: tree.location(node), severity: .warning, hint: "write \"\(text)\" in quotes"))
    }
    return .text(text)
  }

  /// What could make people take one text for another.
  private static func characterProblem(_ text: String, _ type: FieldType) -> String? {
    switch type {
    case .sku, .name: text.nameProblem
    default: text.hiddenCharacter.map { "must not contain \($0), which is invisible" }
    }
  }

  static func isOneLine(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 4096 else { return false }
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return true }
    return !text.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
  }

  private mutating func integer(
    _ node: YAMLTree.Index, _ range: ClosedRange<Int64>, named name: String
  ) -> Field.Value? {
    guard let number = tree.integer(node) else {
      report(
        "wrong_type", "'\(name)' must be a whole number, not '\(tree.string(node))'", node,
        Self.isDecimal(tree.string(node))
          ? "units are whole numbers: round it" : "write it in decimal digits, without quotes or leading zeros")
      return nil
    }
    guard range.contains(number) else {
      report(
        "out_of_range", "'\(name)' must be from \(range.lowerBound) to \(range.upperBound), not \(number)", node,
        number < range.lowerBound
          ? "write \(range.lowerBound) or more, for example '\(name): \(range.lowerBound)'"
          : "write \(range.upperBound) or less, for example '\(name): \(range.upperBound)'")
      return nil
    }
    return .integer(number)
  }

  /// What to write for a length of time that is none, that is nothing or that is too long.
  private static func spanHint(_ text: String) -> String {
    let examples = "for example 7d, 36h, 15m or 30s"
    if TimeSpan(text) != nil { return "the shortest is 1s; \(examples)" }
    guard let unit = text.last, "dhms".contains(unit), text.count > 1, text.dropLast().allSatisfy(\.isNumber) else {
      return "a whole number and d, h, m or s, \(examples)"
    }
    return "the longest is \(TimeSpan.longest); \(examples)"
  }

  /// Whether it is a number with a fraction, such as 12.5 or 12,5.
  private static func isDecimal(_ text: String) -> Bool {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }

  /// A right value of an object, to copy.
  static func example(of name: String) -> String {
    switch name {
    case "cap": "{units: 100, window: 7d}"
    case "share": "{weight: 2, min_units: 10}"
    case "buffer": "{mode: fixed, units: 5}"
    case "backorder": "{accept: true, max_units: 200, horizon: 21d}"
    case "scope": "{class: CLASS}, {sku: SKU}, {brand: BRAND} or {region: REGION}"
    case "effective": "{from: 2026-11-20T00:00:00Z}"
    case "service": "{cycle: 95%} or {fill: 98%}"
    case "order_up_to": "cover, {days: 14d} or {units: 500}"
    case "ddmrp": "{lead_time_factor: 50%, variability_factor: 40%, order_cycle: 7d}"
    case "match": "{season: summer}"
    case "open": "{mon-fri: \"08:00-18:00\", sat: \"09:00-13:00\"}"
    case "mode": "observe, enforce or {publishing: observe}"
    case "limits": "{per_plan: {sold_out: 500}}"
    case "per_plan", "per_hour": "{items: 1000, sold_out: 100}"
    case "weekly": "{fri: \"16:00-24:00\"}"
    case "override": "{role: ROLE}"
    case "review": "none, or {ROLE: 1}"
    case "impact": "{orders_losing: 10}"
    case "break_glass": "{role: ROLE, for: 4h}"
    case "forges": "{github: 1234567}"
    default: "fields in braces or indented below"
    }
  }

  private func isScalar(_ node: YAMLTree.Index) -> Bool { tree[node].kind == .plain || tree[node].kind == .quoted }

  private mutating func isKind(
    _ node: YAMLTree.Index, _ kind: YAMLTree.Node.Kind, _ name: String, _ expected: String
  ) -> Bool {
    if tree[node].kind == kind { return true }
    report("wrong_type", "'\(name)' has the wrong shape", node, "write \(expected)")
    return false
  }

  mutating func report(_ id: String, _ message: String, _ node: YAMLTree.Index, _ hint: String?) {
    add(Diagnostic("state.\(id)", message, at: tree.location(node), hint: hint))
  }
}
