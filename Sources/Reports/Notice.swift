public import Diagnostics
public import Operations

/// A message of the outbox to a person: which template it is written with, and what stands in its places.
public struct Notice: Hashable, Sendable {
  /// The kinds of notices, by the names of their templates.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case backorderAccepted = "backorder_accepted"
    case promiseLater = "promise_later"
    case promiseEarlier = "promise_earlier"
    case backorderCancelled = "backorder_cancelled"
    /// To a buyer: order from a supplier.
    case order
    /// To a buyer: hurry a purchase-order line.
    case expedite

    /// What may stand in the template.
    public var places: [String] {
      switch self {
      case .backorderAccepted: Self.ofCustomers
      case .promiseLater, .promiseEarlier, .backorderCancelled: Self.ofCustomers + ["was_on", "first_on"]
      case .order: Self.ofBuyers + ["position", "reorder_point", "order_up_to"]
      case .expedite: Self.ofBuyers + ["purchase_order", "line", "missing", "needed_by", "eta"]
      }
    }

    private static let ofCustomers = ["order", "line", "sku", "units", "promised_on"]
    private static let ofBuyers = ["sku", "units", "supplier", "node"]
  }

  public var kind: Kind
  public var values: [String: String]

  /// Reads a message of the outbox; nil for one that is for no person.
  public init?(payload: JSONValue) {
    switch payload["kind"]?.string {
    case "customer_notice":
      guard let kind = payload["notice"]?.string.flatMap(Kind.init(rawValue:)) else { return nil }
      self.kind = kind
      values = [:]
      for name in ["order", "line", "sku", "units"] { values[name] = Self.text(payload[name]) }
      values["promised_on"] = Self.text(payload["promised_on"]) ?? Self.day(payload["promised_at"])
      values["first_on"] = Self.text(payload["first_on"]) ?? Self.day(payload["first_promised_at"])
      values["was_on"] = Self.text(payload["was_on"]) ?? Self.day(payload["was"]) ?? values["first_on"]
    case "purchase_proposal":
      guard let proposal = payload["proposal"].flatMap(PurchaseProposal.init(json:)) else { return nil }
      kind = proposal.kind == .order ? .order : .expedite
      values = [
        "units": String(proposal.quantity), "supplier": proposal.supplier.rawValue, "node": proposal.node.rawValue,
      ]
      values["sku"] = Self.text(payload["sku"])
      values["purchase_order"] = proposal.line?.purchaseOrder.rawValue
      values["line"] = proposal.line?.line
      for name in ["position", "reorder_point", "order_up_to", "missing"] {
        values[name] = Self.text(proposal.reason[name])
      }
      for (name, day) in [("needed_by", "needed_on"), ("eta", "eta_on")] {
        values[name] = Self.text(proposal.reason[day]) ?? Self.day(proposal.reason[name])
      }
    default: return nil
    }
  }

  private static func text(_ value: JSONValue?) -> String? {
    guard let value, value != .null else { return nil }
    return value.string ?? value.canonical
  }

  /// People are told days: where none stands beside the moment, that of UTC.
  private static func day(_ value: JSONValue?) -> String? {
    value?.string.flatMap { Instant($0) }.map { LocalDate(days: $0.day).description }
  }
}

/// The template of each kind of notice.
public struct NoticeTemplates: Sendable {
  private var templates: [Notice.Kind: NoticeTemplate] = [:]

  /// Where the template of a kind lies in the share.
  public static func file(of kind: Notice.Kind) -> String { "templates/notices/\(kind.rawValue).txt" }

  /// - Parameter read: the text of a file; nil where there is none.
  /// - Throws: every problem of every template.
  public init(_ read: (String) -> String?) throws(Diagnostics) {
    var problems: [Diagnostic] = []
    for kind in Notice.Kind.allCases {
      let file = Self.file(of: kind)
      guard let text = read(file) else {
        problems.append(
          Diagnostic(
            "template.missing", "there is no template for the notice '\(kind.rawValue)'",
            at: SourceLocation(file: file), hint: "copy it from the files that come with Purser"))
        continue
      }
      do throws(Diagnostics) {
        templates[kind] = try NoticeTemplate(text, file: file, places: kind.places)
      } catch {
        problems += error.all
      }
    }
    if !problems.isEmpty { throw Diagnostics(problems) }
  }

  public func write(_ notice: Notice) -> (subject: String, body: String) {
    templates[notice.kind]?.notice(notice.values) ?? ("", "")
  }
}
