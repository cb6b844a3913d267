import Approvals
import AuditTrail
import Operations
import Reconciling

/// What a cycle leaves for those who speak to the forge.
struct ForgeNews: Sendable {
  var judged: JudgedPolicy
  /// The policy in force: what was judged may not have been applied yet.
  var pin: PolicyPin?
  /// What people said about changes.
  var logged: LoggedStatements
  /// What waits for people.
  var holds: ToldHolds
  /// Whether somebody says that there is news, and not only the clock.
  var isUrgent: Bool
}
