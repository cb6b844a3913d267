extension Promise.Days {
  /// By the names that a notice gives them.
  public var members: [String: JSONValue] {
    [
      "promised_on": JSONValue(promised?.description), "was_on": JSONValue(was?.description),
      "first_on": JSONValue(first?.description),
    ]
  }
}
