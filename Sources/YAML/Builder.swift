internal import Clibyaml
import Diagnostics

/// Builds the node table of one file from libyaml's events.
struct Builder {
  var tree: YAMLTree
  let limits: YAMLLimits
  let bytes: [UInt8]
  /// What is refused but does not stop the reading.
  var problems: [Diagnostic] = []
  private var open: ContiguousArray<Open> = []

  /// More than so many problems help nobody, and a hostile file could have millions.
  private static let problemLimit = 100

  private struct Open {
    let node: YAMLTree.Index
    var last: YAMLTree.Index = -1
  }

  init(tree: YAMLTree, limits: YAMLLimits, bytes: [UInt8]) {
    self.tree = tree
    self.limits = limits
    // Some editors start a file with a byte order mark. libyaml would count it as a column.
    self.bytes = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(byteOrderMark.count)) : bytes
  }

  var isInsideDocument: Bool { !open.isEmpty }

  mutating func run() throws(Diagnostic) {
    guard bytes.count <= limits.fileBytes else {
      throw Diagnostic(
        "yaml.too_large", "the file has \(bytes.count) bytes; the limit is \(limits.fileBytes)",
        at: SourceLocation(file: tree.file), hint: "split it into several files")
    }
    if let hidden = firstHiddenCharacter(bytes) {
      throw Diagnostic(
        "yaml.hidden_character", "\(hidden.name) makes the file look different from how it is read",
        at: place(of: hidden.offset, in: bytes, file: tree.file), hint: "remove it; lines end with a line feed")
    }
    tree.text.reserveCapacity(bytes.count)
    tree.nodes.reserveCapacity(bytes.count / 6)
    // yaml_parser_t points into itself, so it may not move: it lives on the heap for the length of the parse.
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else {
      throw Diagnostic("yaml.memory", "libyaml could not start", at: SourceLocation(file: tree.file))
    }
    defer { yaml_parser_delete(parser) }
    let problem: Diagnostic? = bytes.withUnsafeBufferPointer { buffer in
      yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
      // Without this libyaml would also take UTF-16, and places would count other bytes than the file's.
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      do throws(Diagnostic) {
        try readEvents(parser)
        return nil
      } catch {
        return error
      }
    }
    if let problem { throw problem }
  }

  private mutating func readEvents(_ parser: UnsafeMutablePointer<yaml_parser_t>) throws(Diagnostic) {
    var event = yaml_event_t()
    while true {
      guard yaml_parser_parse(parser, &event) == 1 else { throw failure(parser) }
      let type = event.type
      defer { yaml_event_delete(&event) }
      switch type {
      case YAML_STREAM_END_EVENT: return
      case YAML_SCALAR_EVENT: try scalar(event)
      case YAML_SEQUENCE_START_EVENT:
        let data = event.data.sequence_start
        try start(.sequence, event.start_mark, anchor: data.anchor, tag: data.tag)
      case YAML_MAPPING_START_EVENT:
        let data = event.data.mapping_start
        try start(.mapping, event.start_mark, anchor: data.anchor, tag: data.tag)
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
        let closed = open.removeLast()
        guard type == YAML_MAPPING_END_EVENT else { break }
        if open.isEmpty, let kind = secondKind(closed.node) {
          // Two resources in one: whatever else could be said about the document would only mislead.
          tree.documents.removeLast()
          try report(kind)
        } else {
          try checkKeys(closed.node)
        }
      case YAML_ALIAS_EVENT:
        try refuse("alias", "an alias (*name)", event.start_mark, "write the value out where it is needed")
        try add(
          YAMLTree.Node(
            kind: .quoted, line: Int32(clamping: event.start_mark.line),
            column: Int32(clamping: event.start_mark.column), start: Int32(tree.text.count), count: 0, next: -1))
      default: break
      }
    }
  }

  private mutating func scalar(_ event: yaml_event_t) throws(Diagnostic) {
    let data = event.data.scalar
    try refuseDecoration(anchor: data.anchor, tag: data.tag, event.start_mark)
    let isPlain = data.style == YAML_PLAIN_SCALAR_STYLE
    let start = tree.text.count
    if let value = data.value { tree.text.append(contentsOf: UnsafeBufferPointer(start: value, count: data.length)) }
    try add(
      YAMLTree.Node(
        kind: isPlain ? .plain : .quoted, line: Int32(clamping: event.start_mark.line),
        column: Int32(clamping: event.start_mark.column), start: Int32(start), count: Int32(data.length), next: -1))
  }

  private mutating func start(
    _ kind: YAMLTree.Node.Kind, _ mark: yaml_mark_t, anchor: UnsafeMutablePointer<UInt8>?,
    tag: UnsafeMutablePointer<UInt8>?
  ) throws(Diagnostic) {
    try refuseDecoration(anchor: anchor, tag: tag, mark)
    guard open.count < limits.depth else {
      throw Diagnostic(
        "yaml.too_deep", "nested deeper than \(limits.depth) levels", at: location(mark),
        hint: "Purser's resources are flat")
    }
    let index = try add(
      YAMLTree.Node(
        kind: kind, line: Int32(clamping: mark.line), column: Int32(clamping: mark.column), start: -1,
        count: 0, next: -1))
    open.append(Open(node: index))
  }

  @discardableResult
  private mutating func add(_ node: YAMLTree.Node) throws(Diagnostic) -> YAMLTree.Index {
    guard tree.nodes.count < limits.nodes else {
      throw Diagnostic(
        "yaml.too_many_values", "more than \(limits.nodes) values",
        at: SourceLocation(file: tree.file, line: Int(node.line) + 1, column: Int(node.column) + 1),
        hint: "split it into several files")
    }
    let index = YAMLTree.Index(tree.nodes.count)
    tree.nodes.append(node)
    guard let parent = open.last else {
      tree.documents.append(index)
      return index
    }
    if parent.last < 0 {
      tree.nodes[Int(parent.node)].start = index
    } else {
      tree.nodes[Int(parent.last)].next = index
    }
    tree.nodes[Int(parent.node)].count += 1
    open[open.count - 1].last = index
    return index
  }

  /// What to say when a document names its kind twice, as it does when the line between two resources is missing.
  private func secondKind(_ mapping: YAMLTree.Index) -> Diagnostic? {
    var first: YAMLTree.Index?
    var key = tree.nodes[Int(mapping)].start
    while key >= 0 {
      if tree.matches(key, "kind") {
        guard let first else {
          first = key
          key = keyAfter(key)
          continue
        }
        return Diagnostic(
          "yaml.duplicate_key", "a second 'kind' in one document", at: tree.location(key),
          hint: "a '---' may be missing before it", notes: [.init("first here", at: tree.location(first))])
      }
      key = keyAfter(key)
    }
    return nil
  }

  private mutating func checkKeys(_ mapping: YAMLTree.Index) throws(Diagnostic) {
    let first = tree.nodes[Int(mapping)].start
    // Few keys: compare them one with another. Many: use a dictionary, or a hostile file takes quadratic time. So with
    // letters that can be spelled in two ways, of which no reader could tell the keys apart.
    let isLong = tree.nodes[Int(mapping)].count > 32
    var names: [String: YAMLTree.Index]? = isLong || hasKeysBeyondASCII(first) ? [:] : nil
    var key = first
    while key >= 0 {
      try checkKey(key)
      var earlier: YAMLTree.Index?
      if names != nil {
        earlier = names?.updateValue(key, forKey: tree.string(key))
      } else {
        var other = first
        while other != key, earlier == nil {
          if isSame(other, key) { earlier = other }
          other = keyAfter(other)
        }
      }
      if let earlier {
        try report(
          Diagnostic(
            "yaml.duplicate_key", "the key '\(tree.string(key))' stands twice", at: tree.location(key),
            hint: "keep one of them", notes: [.init("first here", at: tree.location(earlier))]))
      }
      key = keyAfter(key)
    }
  }

  /// The next key of the same mapping, or -1: keys and values alternate.
  private func keyAfter(_ key: YAMLTree.Index) -> YAMLTree.Index {
    let value = tree.nodes[Int(key)].next
    return value < 0 ? -1 : tree.nodes[Int(value)].next
  }

  private mutating func checkKey(_ key: YAMLTree.Index) throws(Diagnostic) {
    let node = tree.nodes[Int(key)]
    guard node.kind == .plain || node.kind == .quoted else {
      throw Diagnostic("yaml.key_not_text", "a key must be plain text", at: tree.location(key))
    }
    if node.kind == .plain, tree.matches(key, "<<") {
      try report(
        Diagnostic(
          "yaml.merge_key", "a merge key (<<) is not allowed", at: tree.location(key),
          hint: "write the fields out, or use an overlay with a scope"))
    }
  }

  private func hasKeysBeyondASCII(_ first: YAMLTree.Index) -> Bool {
    var key = first
    while key >= 0 {
      let node = tree.nodes[Int(key)]
      if node.kind == .plain || node.kind == .quoted,
        tree.text[Int(node.start)..<Int(node.start + node.count)].contains(where: { $0 >= 0x80 })
      {
        return true
      }
      key = keyAfter(key)
    }
    return false
  }

  private func isSame(_ left: YAMLTree.Index, _ right: YAMLTree.Index) -> Bool {
    let one = tree.nodes[Int(left)]
    let other = tree.nodes[Int(right)]
    guard one.count == other.count else { return false }
    return tree.text.withUnsafeBufferPointer { text in
      (0..<Int(one.count)).allSatisfy { text[Int(one.start) + $0] == text[Int(other.start) + $0] }
    }
  }

  private mutating func refuseDecoration(
    anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?, _ mark: yaml_mark_t
  ) throws(Diagnostic) {
    if anchor != nil { try refuse("anchor", "an anchor (&name)", mark, "write the value out where it is needed") }
    if tag != nil { try refuse("tag", "a tag (!name)", mark, "types come from the schema; remove the tag") }
  }

  private mutating func refuse(_ id: String, _ what: String, _ mark: yaml_mark_t, _ hint: String) throws(Diagnostic) {
    try report(Diagnostic("yaml.\(id)", "\(what) is not allowed", at: location(mark), hint: hint))
  }

  /// Notes a problem that does not stop the reading; one too many stops it.
  private mutating func report(_ problem: Diagnostic) throws(Diagnostic) {
    guard problems.count < Self.problemLimit else { throw problem }
    problems.append(problem)
  }

  private func location(_ mark: yaml_mark_t) -> SourceLocation {
    SourceLocation(file: tree.file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }

  private func failure(_ parser: UnsafeMutablePointer<yaml_parser_t>) -> Diagnostic {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not valid YAML"
    if parser.pointee.error == YAML_READER_ERROR {
      // libyaml reads in blocks, so its byte offset is right where its line is not.
      let location = place(of: min(parser.pointee.problem_offset, bytes.count), in: bytes, file: tree.file)
      let isControl = problem.contains("control characters")
      return Diagnostic(
        isControl ? "yaml.control_character" : "yaml.not_utf8",
        isControl ? "control characters are not allowed" : "the file is not valid UTF-8", at: location,
        hint: isControl ? "remove it, or write it as an escape in double quotes" : "save it as UTF-8")
    }
    let context = parser.pointee.context.map { String(cString: $0) + ": " } ?? ""
    return Diagnostic("yaml.syntax", context + problem, at: location(parser.pointee.problem_mark))
  }
}
