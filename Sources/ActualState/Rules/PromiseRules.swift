public import Operations

/// What a customer was told of an order line, as it was told; the last is what holds.
public struct PromiseRow: Hashable, Sendable {
  public var order: OrderID
  public var line: String
  /// 1, 2, 3 … for each line.
  public var number: Int64
  /// Nil where the promise was taken back.
  public var promisedAt: Instant?
  public var decidedAt: Instant
  /// The commit of the policy that it was made by; nil for one of an older Purser, which kept none.
  public var policy: String?

  public init(
    order: OrderID, line: String, number: Int64, promisedAt: Instant?, decidedAt: Instant, policy: String?
  ) {
    self.order = order
    self.line = line
    self.number = number
    self.promisedAt = promisedAt
    self.decidedAt = decidedAt
    self.policy = policy
  }
}

// What customers are told.
extension Store {
  /// Keeps a promise as the line's last and, if it is the first, as that for good.
  func keep(_ promise: Promise, at now: Instant, by policy: String) throws {
    guard var line = try line(promise.order, promise.line) else { return }
    line.promisedAt = promise.at
    line.firstPromisedAt = line.firstPromisedAt ?? promise.at
    try put(line)
    try append(
      PromiseRow(
        order: promise.order, line: promise.line,
        number: Int64(try promises(of: promise.order, promise.line).count) + 1,
        promisedAt: promise.at, decidedAt: now, policy: policy))
  }

  /// Puts a message to the customer into the outbox for each promise of a plan that they are to hear of, after the plan's
  /// actions. The number of the promise is part of its key: the same is never told twice, and a date that comes back is
  /// told again.
  func announcePromises(of application: Application, record: Int64) throws {
    for action in application.actions {
      guard case .promise(let sku, let promise, let was) = action, let notice = promise.notice,
        let line = try line(promise.order, promise.line)
      else { continue }
      let number = try promises(of: promise.order, promise.line).count
      // The length of the order's name says where it ends, whatever it looks like.
      let name = "\(promise.order.rawValue.utf8.count):\(promise.order)/\(promise.line)"
      var payload: [String: JSONValue] = [
        "kind": "customer_notice", "notice": .string(notice.rawValue), "order": .string(promise.order.rawValue),
        "line": .string(promise.line), "sku": .string(sku.rawValue), "units": .integer(line.unshipped),
        "promised_at": JSONValue(promise.at?.description), "was": JSONValue(was?.description),
        "first_promised_at": JSONValue(line.firstPromisedAt?.description),
      ]
      if let days = promise.days { payload.merge(days.members) { $1 } }
      try append(
        OutboxRow(record: record, key: "\(notice.rawValue)/\(name)/\(number)", payload: .object(payload)))
    }
  }
}
