import ActualState
import Diagnostics
import Forges
import Git
public import Reconciling

extension Trouble {
  /// What an error means of something that the loop does not need: it goes on whatever it is.
  init(besideTheLoop error: any Error) {
    self.init(error)
    if kind == .fatal { kind = .needsPerson }
  }

  /// What an error means for the loop: try again, wait for a person, or stop.
  public init(_ error: any Error) {
    switch error {
    case let trouble as Trouble: self = trouble
    case let error as GitError:
      switch error.kind {
      case .unreachable:
        self.init(
          .transient, error.message, hint: "it will be retried automatically; the last accepted policy stays in force")
      case .moved: self.init(.transient, error.message)
      case .notFound:
        self.init(
          .needsPerson, error.message,
          hint: "restore the repository, or give its location with --repo; nothing is undone meanwhile")
      case .authentication, .damaged, .malformed, .limit: self.init(.needsPerson, error.message)
      case .other:
        self.init(
          .transient, error.message,
          hint: "it will be retried automatically; check whether the repository's disk is full or read-only")
      }
    case let error as ForgeError:
      let kind: Kind = if case .transient = error.kind { .transient } else { .needsPerson }
      self.init(kind, error.message, hint: error.hint)
    case let error as StoreError:
      switch error.kind {
      case .busy: self.init(.transient, error.message, hint: error.hint)
      case .full, .readOnly, .damaged, .cannotOpen: self.init(.needsPerson, error.message, hint: error.hint)
      case .other: self.init(.fatal, error.message, hint: error.hint)
      }
    case let problem as Diagnostic: self.init(.needsPerson, problem.message, hint: problem.hint ?? "")
    case let problems as Diagnostics: self.init(.needsPerson, problems.description)
    default: self.init(.fatal, "\(error)")
    }
  }
}
