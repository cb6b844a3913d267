import DesiredState
public import Diagnostics
public import Operations

extension Change {
  /// The freeze windows at its base that hold it up at a moment, each with when it ends and who may override it.
  ///
  /// They are those of the base: a change that ends a freeze waits for its end like any other.
  public func holds(at now: Instant) -> [FreezeHold] {
    let changed = resources()
    return before.freezeWindows.compactMap { window, resource in
      guard window.isFrozen(at: now) else { return nil }
      let held = changed.first { key, paths in
        resource.covers(kind: key.kind.rawValue) && paths.contains { resource.covers($0) }
      }
      // Files without resources wait only where everything waits.
      let file = changed.isEmpty && resource.covers(kind: "*") ? paths.first { resource.covers($0) } : nil
      guard let what = held.map({ $0.key.description }) ?? file else { return nil }
      return FreezeHold(
        window: window.key.name, what: what, until: window.end(from: now), overrideRole: window.overrideRole,
        reason: resource.fields["reason"]?.text, location: resource.location)
    }
  }
}

/// A freeze window that holds a change up.
public struct FreezeHold: Hashable, Sendable {
  public var window: String
  /// The first resource or file that waits.
  public var what: String
  /// When the change takes effect by itself; nil where that is more than a year ahead.
  public var until: Instant?
  public var overrideRole: String?
  public var reason: String?
  public var location: SourceLocation

  /// As it is named where it is overridden.
  var key: String { Self.keyPrefix + window }

  /// No name of a rule holds a slash.
  static let keyPrefix = "\(Kind.freezeWindow.rawValue)/"

  /// The reason for a refusal.
  /// - Parameter revision: the commit at the end of the change.
  func diagnostic(of revision: String) -> Diagnostic {
    let why = reason.map { " (\($0))" } ?? ""
    let end = until.map { "until \($0)" } ?? "for more than a year"
    return Diagnostic(
      Self.id, "\(what) waits \(end): \(key)\(why)", at: location,
      hint: Self.automatically
        + (overrideRole.map {
          "; someone with the role \($0) can override the freeze: purser approve \(revision) --break-glass --reason WHY"
        }
          ?? ""))
  }

  public static let id = "approval.frozen"
  fileprivate static let automatically = "it takes effect automatically then"
}

extension Diagnostic {
  /// The same reason where the change is not on the branch: there it takes effect by itself, and elsewhere nothing does.
  /// - Parameter words: what to do, in the place of waiting.
  public func frozen(elsewhere words: String) -> Diagnostic {
    guard id == FreezeHold.id else { return self }
    var reason = self
    reason.hint = hint.map { $0.replacing(FreezeHold.automatically, with: words, maxReplacements: 1) }
    return reason
  }
}
