import ArgumentParser
import Daemon
import DesiredState
import Diagnostics
import Operations
import Planning
import Reconciling
import Reports

/// `purser drill`: what fallback rules would do, before anything happens.
struct DrillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drill", abstract: "Show what fallback rules would do if they applied now. Changes nothing.",
    discussion: """
      Tries each rule by itself on current stock and orders, and compares the result with what the next cycle does \
      anyway. Rules that are not active (active: false) or whose window is not open are tried too. Without options, \
      tries all rules and prints one table. A rule that already applies changes nothing more.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Option(help: "Only this FallbackRule.") var rule: String?
  @Option(help: "The rules about this node, for this node only.") var node: String?
  @Option(help: "The rules about this supplier, for this supplier only.") var supplier: String?
  @Option(help: "The rules about this carrier.") var carrier: String?
  @Option(name: .shortAndLong, help: "text or json.") var output = Format.text

  func validate() throws {
    guard [rule, node, supplier, carrier].count(where: { $0 != nil }) > 1 else { return }
    throw ValidationError("give only one of --rule, --node, --supplier and --carrier")
  }

  func run() throws {
    let preview = try Preview(
      repository: options.repo, storePath: options.store, branch: options.branch,
      trustRoot: try options.trustRootID(), credentials: options.credentials, at: try clock.clock()())
    let target = node.map { FallbackTarget.node(NodeID($0)) } ?? supplier.map { .supplier(SupplierID($0)) }
    let rules = try chosen(preview.policy.policy.allFallbacks, about: target, in: preview.judged.state)
    let trials = rules.map { rule in
      let plan = preview.plan(drilling: Drill(rules: [rule.name], target: target))
      return DrillReport.Trial(rule, DrillOutcome(preview.snapshot, before: preview.plan, after: plan))
    }
    let isAll = rule == nil && target == nil && carrier == nil
    let report = DrillReport(trials, limit: isAll ? 0 : 40)
    switch output {
    case .text: Output.data(report.text)
    case .json: Output.data(report.json.pretty() + "\n")
    }
  }

  private func chosen(
    _ all: [FallbackPolicy], about target: FallbackTarget?, in state: DesiredState
  ) throws(Diagnostic) -> [FallbackPolicy] {
    var (chosen, what, names) = (all, "a FallbackRule", all.map(\.name))
    if let rule {
      chosen = all.filter { $0.name.isBytewiseEqual(to: rule) }
      what = "a FallbackRule named '\(rule)'"
    } else if let carrier {
      chosen = all.filter { $0.carrier?.isBytewiseEqual(to: carrier) ?? false }
      (what, names) = ("a FallbackRule about the carrier '\(carrier)'", all.compactMap(\.carrier))
    } else if let target {
      chosen = all.filter { $0.targets.contains(target) }
      what = "a FallbackRule about the \(target)"
      names = state.names(of: node == nil ? .supplier : .node)
    }
    guard chosen.isEmpty else { return chosen }
    let asked = rule ?? carrier ?? target?.name ?? ""
    throw Diagnostic(
      "drill.no_rule", "there is no \(what.dropFirst(2))",
      hint: didYouMean(asked, among: names.filter { !$0.isBytewiseEqual(to: asked) })
        ?? "add one under state/inventory/; 'purser schema FallbackRule' lists its fields")
  }
}
