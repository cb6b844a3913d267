import Operations

extension InMemoryStore {
  public func event(_ source: String, _ id: String) throws -> KeptEvent? {
    state.events[Pair(Name(source), Name(id))].map { stored in
      KeptEvent(stored.state, type: stored.event.type, canonicalData: stored.event.data.canonical)
    }
  }

  public func put(_ event: Event, _ new: EventState) throws {
    let key = Pair(Name(event.source), Name(event.id))
    let old = state.events[key]
    let number = old?.number ?? state.events.count + 1
    write(\.events, key, StoredEvent(number: number, event: event, state: new))
    if case .waiting(let what)? = old?.state { setWaiting(for: what, number, nil) }
    if case .waiting(let what) = new { setWaiting(for: what, number, key) }
    let counts = state.eventCounts
    change(
      {
        if let old { $0.eventCounts[old.state] -= 1 }
        $0.eventCounts[new] += 1
      }, back: { $0.eventCounts = counts })
  }

  private func setWaiting(for what: String, _ number: Int, _ key: Pair<Name, Name>?) {
    var queue = state.waiting[Name(what)] ?? [:]
    queue[number] = key
    write(\.waiting, Name(what), queue.isEmpty ? nil : queue)
  }

  public func events(waitingFor what: String) throws -> [Event] {
    let queue = state.waiting[Name(what)] ?? [:]
    return queue.keys.sorted().compactMap { queue[$0].flatMap { state.events[$0]?.event } }
  }

  public func countEvents() throws -> EventCounts { state.eventCounts }

  public func eachWaiting(_ body: (Event, EventState) throws -> Void) throws {
    let open = state.events.filter { $0.value.state != .applied }
    for (_, stored) in open.sorted(by: { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }) {
      try body(stored.event, stored.state)
    }
  }
}

extension EventCounts {
  /// The count that a state belongs to.
  fileprivate subscript(state: EventState) -> Int64 {
    get {
      switch state {
      case .applied: applied
      case .waiting: waiting
      case .refused: refused
      }
    }
    set {
      switch state {
      case .applied: applied = newValue
      case .waiting: waiting = newValue
      case .refused: refused = newValue
      }
    }
  }
}
