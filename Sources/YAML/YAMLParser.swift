internal import Clibyaml
public import Diagnostics

/// Limits on what a file may ask for. Each stops one known attack; see the tests of the same name.
public struct YAMLLimits: Sendable {
  public var fileBytes = 64 << 20
  /// Debian's libyaml takes quadratic time in the depth, so it is stopped from here.
  public var depth = 32
  public var nodes = 8_000_000

  public init() {}
}

extension YAMLTree {
  /// Parses one file with libyaml.
  ///
  /// Anchors, aliases, tags, merge keys and duplicate keys are refused: each makes a file mean something else than what
  /// a reviewer reads.
  public static func parse(
    _ bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits()
  ) throws(Diagnostic) -> YAMLTree {
    guard bytes.count <= limits.fileBytes else {
      throw Diagnostic(
        "yaml.too_large", "the file has \(bytes.count) bytes; the limit is \(limits.fileBytes)",
        at: SourceLocation(file: file), hint: "split it into several files")
    }
    if let hidden = firstHiddenCharacter(bytes) {
      throw Diagnostic(
        "yaml.hidden_character", "\(hidden.name) makes the file read differently than it looks",
        at: place(of: hidden.offset, in: bytes, file: file), hint: "remove it; lines end with a line feed")
    }
    var builder = Builder(tree: YAMLTree(file: file), limits: limits, bytes: bytes)
    builder.tree.text.reserveCapacity(bytes.count)
    builder.tree.nodes.reserveCapacity(bytes.count / 6)
    // yaml_parser_t points into itself, so it may not move: it lives on the heap for the length of the parse.
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else {
      throw Diagnostic("yaml.memory", "libyaml could not start", at: SourceLocation(file: file))
    }
    defer { yaml_parser_delete(parser) }
    let problem: Diagnostic? = bytes.withUnsafeBufferPointer { buffer in
      yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
      // Without this libyaml would also take UTF-16, and places would count other bytes than the file's.
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      do throws(Diagnostic) {
        try builder.run(parser)
        return nil
      } catch {
        return error
      }
    }
    if let problem { throw problem }
    return builder.tree
  }
}

private struct Builder {
  var tree: YAMLTree
  let limits: YAMLLimits
  let bytes: [UInt8]
  private var open: ContiguousArray<Open> = []

  private struct Open {
    let node: YAMLTree.Index
    var last: YAMLTree.Index = -1
  }

  init(tree: YAMLTree, limits: YAMLLimits, bytes: [UInt8]) {
    self.tree = tree
    self.limits = limits
    self.bytes = bytes
  }

  mutating func run(_ parser: UnsafeMutablePointer<yaml_parser_t>) throws(Diagnostic) {
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
        if type == YAML_MAPPING_END_EVENT { try checkKeys(closed.node) }
      case YAML_ALIAS_EVENT:
        throw refused("alias", "an alias (*name)", event.start_mark, "write the value out where it is needed")
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

  private func checkKeys(_ mapping: YAMLTree.Index) throws(Diagnostic) {
    let first = tree.nodes[Int(mapping)].start
    // Few keys: compare them one with another. Many: use a dictionary, or a hostile file takes quadratic time.
    var names: [String: YAMLTree.Index]? = tree.nodes[Int(mapping)].count > 32 ? [:] : nil
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
        throw Diagnostic(
          "yaml.duplicate_key", "the key '\(tree.string(key))' stands twice", at: tree.location(key),
          hint: "keep one of them", notes: [.init("first here", at: tree.location(earlier))])
      }
      key = keyAfter(key)
    }
  }

  /// The next key of the same mapping, or -1: keys and values alternate.
  private func keyAfter(_ key: YAMLTree.Index) -> YAMLTree.Index {
    let value = tree.nodes[Int(key)].next
    return value < 0 ? -1 : tree.nodes[Int(value)].next
  }

  private func checkKey(_ key: YAMLTree.Index) throws(Diagnostic) {
    let node = tree.nodes[Int(key)]
    guard node.kind == .plain || node.kind == .quoted else {
      throw Diagnostic("yaml.key_not_text", "a key must be plain text", at: tree.location(key))
    }
    if node.kind == .plain, tree.matches(key, "<<") {
      throw Diagnostic(
        "yaml.merge_key", "a merge key (<<) is not allowed", at: tree.location(key),
        hint: "write the fields out, or use an overlay with a scope")
    }
  }

  private func isSame(_ left: YAMLTree.Index, _ right: YAMLTree.Index) -> Bool {
    let one = tree.nodes[Int(left)]
    let other = tree.nodes[Int(right)]
    guard one.count == other.count else { return false }
    return tree.text.withUnsafeBufferPointer { text in
      (0..<Int(one.count)).allSatisfy { text[Int(one.start) + $0] == text[Int(other.start) + $0] }
    }
  }

  private func refuseDecoration(
    anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?, _ mark: yaml_mark_t
  ) throws(Diagnostic) {
    if anchor != nil {
      throw refused("anchor", "an anchor (&name)", mark, "write the value out where it is needed")
    }
    if tag != nil { throw refused("tag", "a tag (!name)", mark, "types come from the schema; remove the tag") }
  }

  private func refused(_ id: String, _ what: String, _ mark: yaml_mark_t, _ hint: String) -> Diagnostic {
    Diagnostic("yaml.\(id)", "\(what) is not allowed", at: location(mark), hint: hint)
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

/// The first character that libyaml takes for a line break and most editors do not, or that turns the direction of the
/// text: either can hide a line from a reviewer. Carriage returns are allowed before a line feed.
private func firstHiddenCharacter(_ bytes: [UInt8]) -> (offset: Int, name: String)? {
  bytes.withUnsafeBufferPointer { text in
    // Nearly all files hold nothing but ASCII and line feeds: that is told without a branch for each byte.
    var marks: UInt8 = 0
    for byte in text { marks |= (byte & 0x80) | (byte == 0x0D ? 1 : 0) }
    if marks == 0 { return nil }
    func byte(_ offset: Int) -> UInt8 { offset < text.count ? text[offset] : 0 }
    for offset in text.indices where text[offset] == 0x0D || text[offset] == 0xC2 || text[offset] == 0xE2 {
      switch (text[offset], byte(offset + 1), byte(offset + 2)) {
      case (0x0D, let next, _) where next != 0x0A: return (offset, "a carriage return without a line feed")
      case (0xC2, 0x85, _): return (offset, "the line break U+0085")
      case (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9): return (offset, "a Unicode line or paragraph separator")
      case (0xE2, 0x80, 0xAA...0xAE), (0xE2, 0x81, 0xA6...0xA9):
        return (offset, "a character that turns the text's direction")
      default: continue
      }
    }
    return nil
  }
}

private func place(of offset: Int, in bytes: [UInt8], file: String) -> SourceLocation {
  let before = bytes.prefix(offset)
  let lineStart = (before.lastIndex(of: 0x0A) ?? -1) + 1
  let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
  return SourceLocation(file: file, line: before.count { $0 == 0x0A } + 1, column: column)
}
