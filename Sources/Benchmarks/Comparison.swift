/// What the design asks of a ratio.
enum Aim: Sendable {
  /// The measured time may be at most so many times the floor's.
  case atMost(Double)
  /// At least so many times as much must be done in the same time.
  case atLeast(Double)
}

/// A measured step beside the floor that the same run measured: the ratio is what counts, not the machine.
struct Comparison {
  let name: String
  let baselineName: String
  /// Nil for a figure that the design sets no aim for.
  let aim: Aim?
  /// The median of the rounds, for one unit of work.
  let measured: Duration
  let baseline: Duration
  /// The fastest and the slowest round.
  let spread: ClosedRange<Duration>
  /// What a reader must know to judge the figure.
  var note: String?

  /// - Parameters:
  ///   - measured: the time of one unit of work, in each round.
  ///   - baseline: the same of the floor.
  init(
    _ name: String, over baselineName: String, aim: Aim? = nil, measured: [Duration], baseline: [Duration],
    note: String? = nil
  ) {
    self.name = name
    self.baselineName = baselineName
    self.aim = aim
    self.measured = measured.median
    self.baseline = baseline.median
    spread = (measured.min() ?? .zero)...(measured.max() ?? .zero)
    self.note = note
  }

  /// Runs both in turns, so that a busy moment hits both.
  /// - Parameter repeats: how often a round does each, where one time is too short to measure.
  // Inlined into a caller, it makes the optimizer of Swift 6.3.1 crash when that splits the coroutine.
  @inline(never)
  init(
    _ name: String, over baselineName: String, aim: Aim? = nil, rounds: Int,
    repeats: (measured: Int, baseline: Int) = (1, 1), note: String? = nil, measured: () async throws -> Void,
    baseline: () async throws -> Void
  ) async rethrows {
    var times: (measured: [Duration], baseline: [Duration]) = ([], [])
    for _ in 0..<rounds {
      times.baseline.append(try await time(repeats.baseline, baseline))
      times.measured.append(try await time(repeats.measured, measured))
    }
    self.init(name, over: baselineName, aim: aim, measured: times.measured, baseline: times.baseline, note: note)
  }

  /// In the terms of the aim: how many times as long, or how many times as much.
  var ratio: Double {
    if case .atLeast = aim { baseline / measured } else { measured / baseline }
  }

  /// Nil without an aim.
  var isMet: Bool? {
    switch aim {
    case .atMost(let limit): ratio <= limit
    case .atLeast(let limit): ratio >= limit
    case nil: nil
    }
  }
}

/// The mean time of one run of `body` among `repeats`.
func time(_ repeats: Int = 1, _ body: () async throws -> Void) async rethrows -> Duration {
  let start = ContinuousClock.now
  for _ in 0..<repeats { try await body() }
  return (ContinuousClock.now - start) / repeats
}

extension [Duration] {
  var median: Duration { isEmpty ? .zero : sorted()[count / 2] }

  /// What 99 of 100 do not exceed.
  var percentile99: Duration { isEmpty ? .zero : sorted()[Swift.min(count - 1, count * 99 / 100)] }
}

/// Ends the program when a step did not do what it is measured for.
func expect(_ holds: Bool, _ problem: @autoclosure () -> String) {
  if holds { return }
  say(problem())
  preconditionFailure(problem())
}
