public import ActualState
public import Diagnostics
import Digest
import Operations

/// Takes the events of readers into a store, in batches that are each durable as a whole.
///
/// An import is atomic for each event, not for each file: what was read before a bad line stays, and importing the same
/// file again skips what is there.
public struct Importer {
  /// Events in one transaction: one wait for the disk is shared by so many.
  public static let batchEvents = 500
  /// Reasons that are kept in words; the rest is counted.
  public static let reasonLimit = 20

  public private(set) var summary = ImportSummary()

  private let store: any Store
  private let owners: EventOwners
  private let turn: (() throws -> [Receipt]) throws -> [Receipt]
  private let now: (() -> Instant)?
  private var batch: [(event: Event, location: SourceLocation)] = []

  /// - Parameters:
  ///   - turn: runs each batch's transaction; whoever shares the store with others waits there for their turn.
  ///   - now: the clock against which events that are far ahead are refused; nil to take their times as they are.
  public init(
    store: any Store, owners: EventOwners,
    turn: @escaping (() throws -> [Receipt]) throws -> [Receipt] = { try $0() }, now: (() -> Instant)? = nil
  ) {
    self.store = store
    self.owners = owners
    self.turn = turn
    self.now = now
    batch.reserveCapacity(Self.batchEvents)
  }

  /// Reads to the end, or until `isInterrupted`; everything that was read is in the store afterwards, also when the
  /// input fails on the way.
  /// - Parameter onProblem: is told of each line that cannot be used.
  public mutating func run<Reader: EventReader>(
    _ reader: inout Reader, isInterrupted: () -> Bool = { false }, onProblem: (Arrival.Problem) -> Void
  ) throws {
    var failure: Diagnostic?
    reading: while !isInterrupted() {
      do throws(Diagnostic) {
        switch try reader.next() {
        case nil: break reading
        case .problem(let problem):
          // The input was cut off on request: its last line is not at fault.
          if isInterrupted() { break reading }
          summary.problems += 1
          onProblem(problem)
        case .event(let event, let location): batch.append((event, location))
        }
      } catch {
        failure = error
        break
      }
      if batch.count >= Self.batchEvents { try flush() }
    }
    try flush()
    if let failure { throw failure }
  }

  private mutating func flush() throws {
    guard !batch.isEmpty else { return }
    let (store, owners, batch, arrival) = (store, owners, batch, now?())
    let receipts = try turn {
      try store.transaction {
        try batch.map { try store.receive($0.event, owners: owners, arrival: arrival) }
      }
    }
    for (one, receipt) in zip(batch, receipts) { summary.count(receipt, of: one.event, at: one.location) }
    self.batch.removeAll(keepingCapacity: true)
  }
}

/// What became of the events of an import.
public struct ImportSummary: Hashable, Sendable {
  /// Why an event waits, was refused or was set aside.
  public struct Reason: Hashable, Sendable {
    public var location: SourceLocation
    public var event: String
    public var outcome: Outcome
    public var text: String
  }

  public enum Outcome: String, Sendable { case waiting, refused, conflict }

  public var applied = 0
  public var repeated = 0
  /// That waited when they were read; a later event may have let them in.
  public var waiting = 0
  public var refused = 0
  /// That say something else than an event that came in before under their source and id; nothing of them is kept.
  public var conflicting = 0
  /// Lines that are no events.
  public var problems = 0
  public var typeCounts: [String: Int] = [:]
  /// The first `Importer.reasonLimit`.
  public var reasons: [Reason] = []

  public var events: Int { applied + repeated + waiting + refused + conflicting }

  mutating func count(_ receipt: Receipt, of event: Event, at location: SourceLocation) {
    typeCounts[event.type, default: 0] += 1
    switch receipt {
    case .applied: applied += 1
    case .repeated: repeated += 1
    case .waiting(let what):
      waiting += 1
      keep(Reason(location: location, event: event.name, outcome: .waiting, text: "waits for \(what)"))
    case .conflicting(let kept, let sent):
      conflicting += 1
      keep(Reason(location: location, event: event.name, outcome: .conflict, text: Self.conflict(kept, sent)))
    case .refused(let reason):
      refused += 1
      let near = EventTypes.all.contains(event.type) ? nil : didYouMean(event.type, among: EventTypes.all)
      let text = reason + (near.map { "; \($0)" } ?? "")
      keep(Reason(location: location, event: event.name, outcome: .refused, text: text))
    }
  }

  /// Digests of which people compare the beginning.
  private static func conflict(_ kept: SHA256Digest, _ sent: SHA256Digest) -> String {
    "already imported with different content, which is kept "
      + "(kept: \(kept.description.prefix(12)), here: \(sent.description.prefix(12))); "
      + "use a new id for new content"
  }

  private mutating func keep(_ reason: Reason) {
    if reasons.count < Importer.reasonLimit { reasons.append(reason) }
  }
}
