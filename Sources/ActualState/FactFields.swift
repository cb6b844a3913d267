import Operations

/// Reads the fields of one JSON object and names the path of what is wrong.
struct FactFields {
  let value: JSONValue
  let path: String

  init(_ value: JSONValue, path: String) {
    self.value = value
    self.path = path
  }

  private func problem(_ name: String, _ what: String) -> FactProblem {
    FactProblem(reason: "\(path).\(name) \(value[name] == nil ? "is missing" : what)")
  }

  /// A name from outside: see `String.nameProblem`.
  func name(_ name: String) throws(FactProblem) -> String {
    let text = value[name]?.string ?? ""
    if let wrong = text.nameProblem { throw problem(name, wrong) }
    return text
  }

  /// Words for people, which name nothing: of 1 to `Limits.nameBytes` bytes, without control characters.
  func words(_ name: String) throws(FactProblem) {
    guard let text = value[name]?.string, !text.isEmpty, text.utf8.count <= Limits.nameBytes,
      !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      throw problem(name, "must be text of 1 to \(Limits.nameBytes) bytes without control characters")
    }
  }

  func orderID() throws(FactProblem) -> OrderID {
    let id = OrderID(try name("order"))
    guard !id.isCart else { throw problem("order", "must not begin with 'cart:', which is reserved for carts") }
    return id
  }

  func optionalName(_ name: String) throws(FactProblem) -> String? {
    value[name] == nil || value[name] == .null ? nil : try self.name(name)
  }

  func integer(_ name: String, _ range: ClosedRange<Int64>) throws(FactProblem) -> Int64 {
    guard let number = value[name]?.integer, range.contains(number) else {
      throw problem(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func optionalInteger(_ name: String, _ range: ClosedRange<Int64>) throws(FactProblem) -> Int64? {
    value[name] == nil || value[name] == .null ? nil : try integer(name, range)
  }

  func instant(_ name: String) throws(FactProblem) -> Instant {
    guard let instant = value[name]?.string.flatMap({ Instant($0) }) else {
      throw problem(name, "must be a time such as 2026-11-20T00:00:00Z")
    }
    return instant
  }

  func optionalInstant(_ name: String) throws(FactProblem) -> Instant? {
    value[name] == nil || value[name] == .null ? nil : try instant(name)
  }

  /// An amount in whole units of the currency with at most two decimals, as minor units: 12.5 is 1250.
  func optionalMoney(_ name: String) throws(FactProblem) -> Int64? {
    let text: String
    switch value[name] {
    case nil, .null: return nil
    case .integer(let number): text = String(number)
    case .decimal(let digits): text = digits
    default: throw problem(name, "must be a number, such as 12.50")
    }
    guard let amount = MoneyText.minorUnits(text) else {
      throw problem(name, "must be an amount from 0 to \(Limits.money / 100) with at most two decimals")
    }
    return amount
  }

  func object(_ name: String) throws(FactProblem) -> FactFields {
    guard let member = value[name], member.object != nil else { throw problem(name, "must be an object") }
    return FactFields(member, path: "\(path).\(name)")
  }

  func objects(_ name: String) throws(FactProblem) -> [FactFields] {
    guard let members = value[name]?.array, !members.isEmpty else { throw problem(name, "must be a list of objects") }
    var result: [FactFields] = []
    for (index, member) in members.enumerated() {
      guard member.object != nil else { throw FactProblem(reason: "\(path).\(name)[\(index)] must be an object") }
      result.append(FactFields(member, path: "\(path).\(name)[\(index)]"))
    }
    return result
  }

  func lineUnits() throws(FactProblem) -> [Fact.LineUnits] {
    var result: [Fact.LineUnits] = []
    for line in try objects("lines") {
      result.append(
        Fact.LineUnits(line: try line.name("line"), units: try line.integer("qty", 1...Limits.quantity)))
    }
    return result
  }

  /// Lines by name (`["1"]`) or with units (`[{"line": "1", "qty": 2}]`); nil when the field is left out.
  func optionalLineUnits() throws(FactProblem) -> [Fact.LineUnits]? {
    guard let lines = value["lines"], lines != .null else { return nil }
    guard let members = lines.array else { throw problem("lines", "must be a list") }
    var result: [Fact.LineUnits] = []
    for (index, member) in members.enumerated() {
      if let line = member.string {
        result.append(Fact.LineUnits(line: line, units: nil))
      } else {
        let fields = FactFields(member, path: "\(path).lines[\(index)]")
        let units = member["qty"] == nil ? nil : try fields.integer("qty", 1...Limits.quantity)
        result.append(Fact.LineUnits(line: try fields.name("line"), units: units))
      }
    }
    return result
  }
}
