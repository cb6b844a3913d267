import ActualState
import ArgumentParser
import DesiredState
import Diagnostics
import Git
import Operations
import Planning
import SQLiteStore

/// `purser why order O-1`: what was decided, and why, down to the line of the policy.
struct Why: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain why something was decided.", subcommands: [WhyOrderCommand.self])
}

struct WhyOrderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "order", abstract: "Explain what covers an order, where it ships from and what it is waiting for.",
    discussion: """
      What an order is waiting for is computed now, from the plan that the next cycle would make with the policy in force; \
      locations are in the commit of that policy. Routes and promises are explained by the policy that decided them, with \
      what has changed since; if that is not the policy in force, its locations end in '@COMMIT' (`git show COMMIT:FILE`). \
      Changes nothing.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: "The order's id, or 'cart:' and the id of a cart.") var order: String
  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions
  @Option(name: .shortAndLong, help: "text or json.") var output = Format.text

  func run() throws {
    let store = try SQLiteStore(path: options.store, mode: .readOnly)
    let (state, repository) = try CommittedState.open(options)
    let now = try clock.clock()()
    let story = try store.reading { try self.story(store, state, repository, now) }
    switch output {
    case .text: Output.data(escaped(try story.text))
    case .json: Output.data(try story.json.pretty() + "\n")
    }
  }

  private func story(
    _ store: SQLiteStore, _ state: DesiredState, _ repository: Repository, _ now: Instant
  ) throws -> OrderStory {
    let id = OrderID(order)
    guard let facts = try OrderFacts(id, store) else { throw try UnknownOrder(id, store).diagnostic }
    let places = PolicyPlaces(state, at: now)
    let standing = try PolicyStanding(store, state, now)
    let past = PastPolicies(repository, inForce: places, at: standing.commit)
    // Carts are in no plan: they hold what was free when they were looked at.
    guard !id.isCart else { return OrderStory(facts: facts, past: past, standing: standing, explanation: nil) }
    let explanation = OrderExplanation(
      of: id, policy: Policy(state, at: now), snapshot: try Snapshot(of: store, at: now), now: now)
    return OrderStory(facts: facts, past: past, standing: standing, explanation: explanation)
  }
}
