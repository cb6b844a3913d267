public import Diagnostics
import Operations
import YAML

extension Mapping {
  /// Reads a mapping file; throws every problem in it at once.
  public init(decoding bytes: [UInt8], file: String) throws(Diagnostics) {
    let tree: YAMLTree
    do throws(Diagnostic) { tree = try YAMLTree.parse(bytes, file: file) } catch { throw Diagnostics([error]) }
    var decoder = MappingDecoder(tree: tree)
    self = decoder.decode()
    guard decoder.problems.isEmpty else { throw Diagnostics(decoder.problems.inReadingOrder()) }
  }
}

/// Turns the YAML of a mapping into a `Mapping`, gathering every problem on the way.
struct MappingDecoder {
  let tree: YAMLTree
  var problems: [Diagnostic] = []
  var mapping = Mapping()
  var tables: [String: Template.Table] = [:]
  var dates: DatePattern?
  var decimals = 2

  init(tree: YAMLTree) { self.tree = tree }

  private static let fields = [
    "source", "delimiter", "encoding", "dates", "utc_offset", "decimals", "gather_rows", "tables", "skip", "rules",
  ]
  private static let ruleFields = ["event", "id", "time", "when", "once", "group_by", "data", "lines"]

  mutating func decode() -> Mapping {
    guard tree.documents.count == 1, let root = tree.documents.first, tree[root].kind == .mapping else {
      problems.append(
        Diagnostic(
          "mapping.not_a_mapping", "a mapping file is one YAML document with fields",
          at: SourceLocation(file: tree.file), hint: "it needs 'source:' and 'rules:'"))
      return mapping
    }
    let top = members(root, allowed: Self.fields, required: ["source", "rules"], of: "a mapping")
    mapping.source = top["source"].map { text($0) } ?? ""
    decodeFormat(top)
    for (name, node) in members(top["tables"], of: "tables") {
      let entries = members(node, of: "a table").mapValues { text($0) }
      tables[name] = Template.Table(name: name, entries: entries)
    }
    mapping.skip = elements(top["skip"]).map { conditions($0) }
    mapping.rules = elements(top["rules"]).compactMap { rule($0) }
    if let rules = top["rules"], elements(rules).isEmpty, problems.isEmpty {
      report("required", "there are no rules", rules, "a rule says which event a row is turned into")
    }
    return mapping
  }

  private mutating func decodeFormat(_ top: [String: YAMLTree.Index]) {
    if let node = top["delimiter"] {
      let bytes = Array(text(node).utf8)
      if bytes.count == 1, bytes[0] < 0x80, !"\"\r\n".utf8.contains(bytes[0]) {
        mapping.format.delimiter = bytes[0]
      } else {
        report("wrong_type", "a delimiter is one ASCII character", node, "for a tab write \"\\t\"")
      }
    }
    if let node = top["encoding"] {
      if let encoding = CSVFormat.Encoding(rawValue: text(node)) {
        mapping.format.encoding = encoding
      } else {
        report("wrong_type", "unknown encoding '\(text(node))'", node, "use utf-8 or latin1")
      }
    }
    if let node = top["decimals"] { decimals = integer(node, 0...4) }
    if let node = top["gather_rows"] { mapping.gatherRows = integer(node, 0...100_000) }
    if let node = top["dates"] {
      dates = DatePattern(text(node), offset: top["utc_offset"].map { text($0) } ?? "Z")
      if dates == nil {
        report(
          "bad_dates", "'\(text(node))' with its utc_offset is not a date pattern", node,
          "for example yyyy-MM-dd HH:mm:ss or M/d/yyyy h:mm a, and \"+01:00\"")
      }
    } else if let node = top["utc_offset"] {
      report("bad_dates", "utc_offset without 'dates'", node, "add 'dates', or remove it")
    }
  }

  private mutating func rule(_ node: YAMLTree.Index) -> Mapping.Rule? {
    let fields = members(node, allowed: Self.ruleFields, required: ["event", "id", "data"], of: "a rule")
    guard let event = fields["event"], let id = fields["id"], let data = fields["data"] else { return nil }
    let type = text(event)
    if isScalar(event), !EventTypes.all.contains(type) {
      report(
        "unknown_event", "unknown event type '\(type)'", event,
        didYouMean(type, among: EventTypes.all) ?? "the types are \(EventTypes.all.joined(separator: ", "))")
    }
    let conditions = fields["when"].map { self.conditions($0) } ?? []
    var shape = Mapping.Rule.Shape.each
    if let once = fields["once"] {
      guard let isOnce = tree.bool(once) else {
        report("wrong_type", "'once' must be true or false", once, "true: one event for the first row of each id")
        return nil
      }
      if isOnce { shape = .once }
    }
    if let group = fields["group_by"] {
      guard let line = fields["lines"], fields["once"] == nil else {
        report(
          "one_of", "a rule with 'group_by' needs 'lines' and cannot have 'once'", group,
          "'lines' says what each row of the group adds to the event")
        return nil
      }
      shape = .group(by: template(group), line: dataTemplate(line))
    } else if let lines = fields["lines"] {
      report("one_of", "'lines' without 'group_by'", lines, "group_by says which rows belong together")
    }
    return Mapping.Rule(
      type: type, id: template(id), time: fields["time"].map { template($0) },
      conditions: conditions, shape: shape, data: dataTemplate(data))
  }

  // MARK: YAML nodes

  mutating func members(
    _ node: YAMLTree.Index?, allowed: [String]? = nil, required: [String] = [], of owner: String
  ) -> [String: YAMLTree.Index] {
    guard let node else { return [:] }
    guard tree[node].kind == .mapping else {
      report("wrong_type", "\(owner) must be a list of fields", node, "write 'name: value' lines")
      return [:]
    }
    var result: [String: YAMLTree.Index] = [:]
    var children = tree.children(node)
    while let key = children.next(), let value = children.next() {
      let name = tree.string(key)
      if let allowed, !allowed.contains(name) {
        report(
          "unknown_field", "\(owner) has no field '\(name)'", key,
          didYouMean(name, among: allowed) ?? "its fields are \(allowed.joined(separator: ", "))")
      }
      result[name] = value
    }
    for name in required where result[name] == nil {
      report("required", "\(owner) needs the field '\(name)'", node, "add it")
    }
    return result
  }

  mutating func elements(_ node: YAMLTree.Index?) -> [YAMLTree.Index] {
    guard let node else { return [] }
    guard tree[node].kind == .sequence else {
      report("wrong_type", "a list is expected here", node, "start each element with '- '")
      return []
    }
    return Array(tree.children(node))
  }

  mutating func text(_ node: YAMLTree.Index) -> String {
    guard isScalar(node) else {
      report("wrong_type", "text is expected here", node, quoteHint(node) ?? "write one value")
      return ""
    }
    return tree.string(node)
  }

  private mutating func integer(_ node: YAMLTree.Index, _ range: ClosedRange<Int64>) -> Int {
    guard let value = tree.integer(node), range.contains(value) else {
      report(
        "wrong_type", "a whole number from \(range.lowerBound) to \(range.upperBound) is expected here", node,
        "correct it"
      )
      return Int(range.lowerBound)
    }
    return Int(value)
  }

  func isScalar(_ node: YAMLTree.Index) -> Bool { tree[node].kind == .plain || tree[node].kind == .quoted }

  /// `{Column}` without quotes is an object for YAML: the mistake that everybody makes once.
  func quoteHint(_ node: YAMLTree.Index) -> String? {
    guard tree[node].kind == .mapping else { return nil }
    let children = Array(tree.children(node))
    guard children.count == 2, tree[children[1]].kind == .plain, tree.string(children[1]).isEmpty else { return nil }
    return "write it in quotes: \"{\(tree.string(children[0]))}\""
  }

  mutating func report(_ id: String, _ message: String, _ node: YAMLTree.Index, _ hint: String) {
    problems.append(Diagnostic("mapping.\(id)", message, at: tree.location(node), hint: hint))
  }
}
