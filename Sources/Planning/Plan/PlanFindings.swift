/// What a plan has to say beside its actions, gathered item after item.
struct PlanFindings {
  var shortfalls: [Shortfall] = []
  var reallocated: [Reallocated] = []
  var drifts: [Drift] = []
  var warnings = WarningTally()
  /// What is to be routed, and what routing needs to know of it.
  var unrouted = Unrouted()
  /// Why lines of the order that is explained are not covered.
  var explained: [OrderExplanation.Uncovered] = []
  /// Of the item whose schedule is asked for: what is there and what is to come.
  var schedules: [SupplySchedule] = []
}
