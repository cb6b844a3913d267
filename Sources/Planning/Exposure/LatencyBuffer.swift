public import Operations

#if canImport(Glibc)
  import Glibc
#endif

/// The units to hold back from a marketplace so that what others sell before it hears of it is covered.
///
/// b = min{k: P(Poisson(λ) ≤ k) ≥ 1 − ε}, where λ is the mean of what the other channels sell during one publish delay.
/// The result is a whole number, and no Double leaves this file.
/// - Parameters:
///   - sold: units that the other channels took from the shared pool in `span`.
///   - risk: ε, above 0.
/// - Source: domain.md §2.4.
public func latencyBuffer(sold: Quantity, in span: TimeSpan, latency: TimeSpan, risk: Rate) -> Quantity {
  guard sold > 0, span.milliseconds > 0, risk.partsPerMillion > 0 else { return 0 }
  let mean = Double(sold) * Double(latency.milliseconds) / Double(span.milliseconds)
  guard mean <= 1_000_000 else { return bound(mean: mean, accepted: risk.share) }
  return Quantity(PoissonDemand(mean: mean).quantile(1 - risk.share))
}

/// For a mean in the millions the exact sum takes long; Bernstein's inequality, P(X ≥ λ + x) ≤ exp(−x²/(2(λ + x/3))), holds
/// back a little more. What no stock could ever be is cut off before it becomes a whole number.
private func bound(mean: Double, accepted: Double) -> Quantity {
  let exponent = -log(accepted)
  let extra = exponent / 3 + (exponent * exponent / 9 + 2 * exponent * mean).squareRoot()
  return Quantity(min(mean + extra + 1, Double(Limits.quantity)))
}
