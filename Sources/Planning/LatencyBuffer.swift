public import Operations

#if canImport(Glibc)
  import Glibc
#endif

/// The units to hold back from a marketplace so that what others sell before it hears of it is covered.
///
/// b = min{k: P(Poisson(λ) ≤ k) ≥ 1 − ε}, where λ is the mean of what the other channels sell during one publish delay.
/// The only statistics in a plan: the result is a whole number, and no Double leaves this file.
/// - Parameters:
///   - sold: units that the other channels took from the shared pool in `span`.
///   - risk: ε, above 0.
/// - Source: domain.md §2.4.
public func latencyBuffer(sold: Quantity, in span: TimeSpan, latency: TimeSpan, risk: Rate) -> Quantity {
  guard sold > 0, span.milliseconds > 0, risk.partsPerMillion > 0 else { return 0 }
  let mean = Double(sold) * Double(latency.milliseconds) / Double(span.milliseconds)
  let enough = 1 - Double(risk.partsPerMillion) / 1_000_000
  // In logarithms, since e^−λ is 0 for a busy item; the loop ends because the sum tends to 1.
  var term = -mean
  var sum = exp(term)
  var units: Quantity = 0
  let limit = Quantity(mean + 12 * mean.squareRoot() + 20)
  while sum < enough, units < limit {
    units += 1
    term += log(mean / Double(units))
    sum += exp(term)
  }
  return units
}
