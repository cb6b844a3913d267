public import DesiredState
public import Operations

/// A channel that shows something else than it should: what it was told, or what git says of a setting.
public struct Drift: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Its own orders took it down: nobody has to do anything.
    case sales
    /// Nothing explains it yet, and an order that does may be on its way.
    case unsettled
    /// Somebody else has written it.
    case otherWriter = "other_writer"
    /// Somebody else writes it back each time it is put right.
    case fight
  }

  public var sku: SKU
  public var key: ListingKey
  /// What it should show.
  public var reference: Int64
  public var observed: Int64
  public var kind: Kind
  public var since: Instant
  /// Who wrote it, where the system that looked could tell.
  public var writer: String?
  /// The system that looked.
  public var source: String
  public var answer: DriftAnswer
  /// The rule that says so; nil where none does.
  public var rule: String?
  /// Until when the rule says so; nil: for good.
  public var until: Instant?
  /// When the channel was told again, oldest first, as far as that is remembered.
  public var repairs: [Repair]

  /// Who is to ask about it, in words.
  public var writerWords: String { writer.map { "'\($0)'" } ?? "an unknown writer, according to '\(source)'" }

  /// What happens, or what a person can do about it.
  public var remedy: String {
    let name = rule.map { "DriftRule/\($0)" } ?? "no DriftRule"
    return switch (kind, answer) {
    case (.sales, _): "nothing: orders explain it"
    case (.unsettled, _):
      key.field == .units
        ? "wait: an order that explains it may still arrive"
        : "wait: the channel may not show the new setting yet"
    case (.fight, _): "stop \(writerWords), or give \(name) an answer other than heal"
    case (.otherWriter, .heal): "the value is re-sent (\(name))"
    case (.otherWriter, .adopt): "adopt it into git (\(name)): \(adoption)"
    case (.otherWriter, .accept): "accepted until \(until?.description ?? "the rule is removed") (\(name))"
    case (.otherWriter, .report) where rule != nil: "decide what is right (\(name) only reports it)"
    case (.otherWriter, .report):
      key.field == .units
        ? "add a DriftRule to heal or accept it" : "add a DriftRule to heal, adopt or accept it, or run \(adoption)"
    }
  }

  /// The command that makes a change of what the channel shows.
  public var adoption: String {
    // As an argument of its own, one that begins with a hyphen would be taken for an option.
    let isHyphened = sku.rawValue.utf8.first == UInt8(ascii: "-")
    let words =
      ["purser", "drift", "adopt", key.channel.rawValue] + (isHyphened ? [] : [sku.rawValue]) + [key.field.rawValue]
      + (isHyphened ? ["--sku=" + sku.rawValue] : [])
    return (words + (key.region.isEverywhere ? [] : ["--region", key.region.rawValue]))
      .map(\.quotedForShell).joined(separator: " ")
  }

  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "sku": .string(sku.rawValue), "channel": .string(key.channel.rawValue), "field": .string(key.field.rawValue),
      "published": .integer(reference), "observed": .integer(observed), "kind": .string(kind.rawValue),
      "since": .string(since.description), "writer": JSONValue(writer), "source": .string(source),
      "answer": .string(answer.rawValue), "rule": JSONValue(rule), "until": JSONValue(until?.description),
      "told_again": .array(repairs.map { .string($0.at.description) }), "remedy": .string(remedy),
    ]
    if !key.region.isEverywhere { members["region"] = key.region.json }
    return .object(members)
  }
}
