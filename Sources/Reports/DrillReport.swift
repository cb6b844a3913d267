import DesiredState
import Diagnostics
public import Operations
public import Planning

/// What fallback rules would do, in words: one table, and below it the orders and items that it hits.
public struct DrillReport: Sendable {
  /// One rule, tried out.
  public struct Trial: Sendable {
    public var rule: FallbackPolicy
    public var outcome: DrillOutcome

    public init(_ rule: FallbackPolicy, _ outcome: DrillOutcome) {
      self.rule = rule
      self.outcome = outcome
    }
  }

  private let trials: [Trial]
  /// Orders and items of each kind that are named; the rest is counted. 0: only the table.
  private let limit: Int

  public init(_ trials: [Trial], limit: Int) {
    self.trials = trials
    self.limit = limit
  }

  public var text: String {
    let table = Table(
      [
        "rule", "when", "then", "channel", "available", "", "", "lost", "orders uncovered", "later", "rerouted",
        "unroutable", "items sold out",
      ], trials.flatMap(rows), rightAligned: [4, 6, 7, 8, 9, 10, 11, 12])
    let details = limit == 0 ? [] : trials.flatMap(details)
    return ([table.text] + details.map(escapedLine)).joined(separator: "\n") + "\n"
  }

  private func rows(_ trial: Trial) -> [[String]] {
    let (rule, outcome) = (trial.rule, trial.outcome)
    let words = [rule.name, rule.when.rawValue, rule.then]
    let counts = [
      Set(outcome.uncovered.map(\.order)).count, Set(outcome.later.map(\.order)).count, outcome.rerouted.count,
      outcome.unroutable.count, outcome.soldOut.count,
    ].map(count)
    let changed = outcome.channels.filter { $0.before != $0.after }
    guard let first = changed.first else {
      let reason = outcome.rulesInForce.contains(rule.name) ? "already in effect" : "no channel loses anything"
      return [words + [reason, "", "", "", ""] + counts]
    }
    func cells(_ channel: DrillOutcome.Channel) -> [String] {
      ["\(channel.channel)", "\(channel.before)", "→", "\(channel.after)", "\(channel.before - channel.after)"]
    }
    return [words + cells(first) + counts]
      + changed.dropFirst().map { ["", "", ""] + cells($0) + counts.map { _ in "" } }
  }

  private func count(_ number: Int) -> String { number == 0 ? "-" : "\(number)" }

  private func details(_ trial: Trial) -> [String] {
    let outcome = trial.outcome
    return list(
      "\(trial.rule.name): orders that lose cover",
      outcome.uncovered.map { "\($0.order)/\($0.line): \($0.units) of \($0.sku)" })
      + list(
        "\(trial.rule.name): orders that come later",
        outcome.later.map { "\($0.order)/\($0.line): \(words($0.before)) → \(words($0.after))" })
      + list("\(trial.rule.name): orders that ship another way", outcome.rerouted.map(\.rawValue))
      + list("\(trial.rule.name): orders that no node can ship any more", outcome.unroutable.map(\.rawValue))
      + list("\(trial.rule.name): items that nobody can sell any more", outcome.soldOut.map(\.rawValue))
  }

  private func words(_ moment: Instant?) -> String { moment?.description ?? "no supply expected" }

  private func list(_ title: String, _ lines: [String]) -> [String] {
    guard !lines.isEmpty else { return [] }
    let rest = lines.count > limit ? ["  … and \(lines.count - limit) more (-o json shows all)"] : []
    return ["", title + ":"] + lines.prefix(limit).map { "  " + $0 } + rest
  }

  public var json: JSONValue { .array(trials.map(json)) }

  private func json(_ trial: Trial) -> JSONValue {
    let outcome = trial.outcome
    return [
      "rule": .string(trial.rule.name), "holds_already": .bool(outcome.rulesInForce.contains(trial.rule.name)),
      "when": .string(trial.rule.when.rawValue), "then": .string(trial.rule.then),
      "channels": .array(
        outcome.channels.map {
          [
            "channel": .string($0.channel.rawValue), "available_before": .integer($0.before),
            "available_after": .integer($0.after),
          ]
        }),
      "uncovered": .array(
        outcome.uncovered.map {
          [
            "order": .string($0.order.rawValue), "line": .string($0.line), "sku": .string($0.sku.rawValue),
            "units": .integer($0.units),
          ]
        }),
      "later": .array(
        outcome.later.map {
          [
            "order": .string($0.order.rawValue), "line": .string($0.line),
            "before": JSONValue($0.before?.description), "after": JSONValue($0.after?.description),
          ]
        }),
      "rerouted": .array(outcome.rerouted.map { .string($0.rawValue) }),
      "unroutable": .array(outcome.unroutable.map { .string($0.rawValue) }),
      "sold_out": .array(outcome.soldOut.map { .string($0.rawValue) }),
    ]
  }
}
