import Planning

#if canImport(Glibc)
  import Glibc
#endif

/// What demand exceeds x by, and what it falls short by, on average; the second ones weigh the square.
/// - Source: Snyder and Shen, Fundamentals of Supply Chain Theory, appendix C.3.
func lossAnswer(_ function: String, _ arguments: TextbookArguments) throws(TextbookProblem) -> TextbookAnswer? {
  switch function {
  case "standard_normal_loss": return pair(NormalDemand(mean: 0, deviation: 1), try arguments.number("z"))
  case "normal_loss": return pair(try normal(arguments), try arguments.number("x"))
  case "standard_normal_second_loss": return second(NormalDemand(mean: 0, deviation: 1), try arguments.number("z"))
  case "normal_second_loss": return second(try normal(arguments), try arguments.number("x"))
  case "poisson_loss": return pair(try poisson(arguments), try arguments.whole("x"))
  case "poisson_second_loss": return try second(try poisson(arguments), arguments)
  case "negative_binomial_loss": return pair(try negativeBinomial(arguments), try arguments.whole("x"))
  case "negative_binomial_second_loss": return try second(try negativeBinomial(arguments), arguments)
  case "gamma_loss": return pair(try gamma(arguments), try arguments.positive("x"))
  case "lognormal_loss": return try lognormal(arguments)
  default: return nil
  }
}

private func pair(_ demand: some DemandDistribution, _ units: Double) -> TextbookAnswer {
  let missing = demand.loss(units)
  return .numbers([missing, units - demand.mean + missing])
}

private func second(_ demand: NormalDemand, _ units: Double) -> TextbookAnswer {
  let z = (units - demand.mean) / demand.deviation
  let variance = demand.deviation * demand.deviation
  let missing = StandardNormal.secondLoss(z)
  return .numbers([variance * missing, variance * ((z * z + 1) / 2 - missing)])
}

/// Half of E[(X − x)⁺(X − x − 1)⁺], which is the sum of the losses beyond x.
private func second(
  _ demand: some CountDemand, _ arguments: TextbookArguments
) throws(TextbookProblem) -> TextbookAnswer {
  let units = try arguments.whole("x")
  guard demand.mean + 40 * demand.deviation - units <= 100_000 else { throw TextbookProblem("the demand is too large") }
  var sum = 0.0
  var level = units + 1
  while true {
    let missing = demand.loss(level)
    sum += missing
    guard missing > sum * 1e-17 else { break }
    level += 1
  }
  let distance = units - demand.mean
  let both = (distance * distance + distance + demand.deviation * demand.deviation) / 2
  return .numbers([sum, both - sum])
}

private func normal(_ arguments: TextbookArguments) throws(TextbookProblem) -> NormalDemand {
  NormalDemand(mean: try arguments.number("mean"), deviation: try arguments.positive("sd"))
}

private func poisson(_ arguments: TextbookArguments) throws(TextbookProblem) -> PoissonDemand {
  try poisson(mean: try arguments.fromZero("mean"))
}

private func negativeBinomial(_ arguments: TextbookArguments) throws(TextbookProblem) -> NegativeBinomialDemand {
  let (mean, variance): (Double, Double)
  if try arguments.optional("r") != nil, try arguments.optional("p") != nil {
    let chance = try arguments.positive("p")
    guard chance < 1 else { throw TextbookProblem("p must be below 1") }
    mean = try arguments.positive("r") * (1 - chance) / chance
    variance = mean / chance
  } else {
    mean = try arguments.positive("mean")
    let deviation = try arguments.positive("sd")
    variance = deviation * deviation
  }
  guard mean < variance, variance <= 1e12, variance <= mean * 1e5 else {
    throw TextbookProblem("the variance must be above the mean, and not too large")
  }
  return NegativeBinomialDemand(mean: mean, variance: variance)
}

private func gamma(_ arguments: TextbookArguments) throws(TextbookProblem) -> GammaDemand {
  let shape = try arguments.positive("a")
  guard shape <= 1e6 else { throw TextbookProblem("a is too large") }
  return GammaDemand(shape: shape, scale: try arguments.positive("b"))
}

private func lognormal(_ arguments: TextbookArguments) throws(TextbookProblem) -> TextbookAnswer {
  let (mu, sigma) = (try arguments.number("mu"), try arguments.positive("sigma"))
  let units = try arguments.number("x")
  let mean = exp(mu + sigma * sigma / 2)
  guard units > 0 else { return .numbers([mean - units, 0]) }
  let z = (log(units) - mu) / sigma
  let missing = mean * StandardNormal.cumulative(sigma - z) - units * StandardNormal.cumulative(-z)
  return .numbers([missing, units - mean + missing])
}
