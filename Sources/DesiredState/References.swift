public import Diagnostics

extension Resource {
  /// Calls `body` with every name of another resource that this one holds, and with the place where it stands.
  public func forEachReference(_ body: (Key, SourceLocation) -> Void) {
    if case .productClass(let name) = scope { body(Key(.productClass, name), location) }
    if let region { body(Key(.region, region), location) }
    for spec in Schema.fields(of: key.kind) {
      if let field = fields[spec.name] { Self.visit(field, spec.type, body) }
    }
    // The roles that must approve are keys of a map, which the field types do not describe.
    let held = (fields["held"]?.list ?? []).map { $0.members?["review"] }
    let reviews = key.kind == .approvalRule ? [fields["review"]] : key.kind == .repository ? held : []
    for review in reviews {
      for role in review?.members?.all ?? [] { body(Key(.role, role.name), role.field.location) }
    }
  }

  private static func visit(_ field: Field, _ type: FieldType, _ body: (Key, SourceLocation) -> Void) {
    switch (type, field.value) {
    case (.reference(let kind), .text(let name)): body(Key(kind, name), field.location)
    case (.list(let element), .list(let fields)): for field in fields { visit(field, element, body) }
    case (.object(let specs), .members(let members)):
      for spec in specs { if let field = members[spec.name] { visit(field, spec.type, body) } }
    case (.safetyStockRows, .rows(let rows)):
      // Once for each node, not once for each row.
      for node in rows.nodes { body(Key(.node, node.name), node.location) }
    default: break
    }
  }
}
