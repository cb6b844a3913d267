extension Grant {
  public var json: JSONValue {
    ["protected": .integer(protected), "cap_left": JSONValue(capLeft), "may_use_shared": .bool(mayUseShared)]
  }
}
