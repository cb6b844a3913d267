import ArgumentParser
import Diagnostics
import Operations
import Planning

/// Learns the confidence of suppliers from a history of deliveries, and scores what it would have foretold.
struct ConfidenceHistory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confidence", abstract: "Foretell deliveries from those before them, and score it (Brier).",
    discussion: """
      FILE is a CSV with the columns vendor, scheduled, delivered (both yyyy-MM-dd) and quantity. Lines scheduled before \
      the date are learnt from; those from it on are scored, in the order of time, each with what was known before \
      anything was known of it: what had come by then, and what was overdue.
      """)

  @Argument(help: "The history of deliveries.") var file: String
  @Option(help: "The day from which lines are scored, yyyy-MM-dd.") var learnBefore: String
  @Option(help: "The field 'learning.prior' of a Supplier: pooled or declared, which is 80%.") var prior = Prior.pooled
  @Option(name: .shortAndLong, help: "text or json.") var output = OutputFormat.text

  /// What a Supplier with `learning: {}` and a confidence of 80% gets, or with `learning: {prior: pooled}`.
  private var policy: ConfidencePolicy {
    var policy = ConfidencePolicy()
    policy.poolsPrior = prior == .pooled
    return policy
  }

  enum Prior: String, ExpressibleByArgument, CaseIterable { case declared, pooled }

  func run() throws {
    guard let start = Instant(learnBefore + "T00:00:00Z") else {
      throw ValidationError("'\(learnBefore)' is no date such as 2011-01-01")
    }
    let history = try read()
    if let problem = history.firstProblem { say("confidence: \(history.skipped) rows skipped; \(problem)") }
    let score = ConfidenceScore(
      of: history.deliveries, promisedFrom: start, now: .distantFuture
    ) { _ in policy }
    let brier = score.brier.map { decimal($0) }
    switch output {
    case .json:
      let line: JSONValue = ["lines": .integer(Int64(score.deliveries)), "brier": brier.map { .decimal($0) } ?? .null]
      print(line.canonical)
    case .text: print("\(score.deliveries) lines, Brier score \(brier ?? "unknown")")
    }
  }

  private func read() throws -> DeliveryHistory {
    do throws(Diagnostic) {
      return try DeliveryHistory(path: file)
    } catch {
      say(DiagnosticRenderer().render(error))
      throw ExitCode.failure
    }
  }

  /// A share as a decimal number of six places.
  private func decimal(_ rate: Rate) -> String {
    let millionths = String(1_000_000 + rate.partsPerMillion)
    return "\(rate.partsPerMillion / 1_000_000)." + millionths.suffix(6)
  }
}
