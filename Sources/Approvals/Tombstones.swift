import Operations

/// What was taken back and has not been wanted again since. Automation must not bring it back by itself: that would fight
/// with the people who took it back.
///
/// Derived from the history alone, so that everyone who has it finds the same. It is known by what it says and not by the
/// files that say it, so that neither another edit beside it nor another way to cut it into commits makes it a new thing.
/// A commit takes something back by saying so (`This reverts commit …`) and doing it: automation that lowers a cap each
/// night and raises it each morning takes nothing back.
public struct Tombstones: Hashable, Sendable {
  /// The commit that took each of them back.
  private var takenBack: [Setting: String] = [:]

  public init() {}

  public var isEmpty: Bool { takenBack.isEmpty }

  /// Goes one commit further along the history.
  /// - Parameters:
  ///   - said: what the commit says, against its first parent.
  ///   - reverting: what the changes said that it says it takes back.
  ///   - isOfPerson: whether a person signed it. What people say again is wanted again; what a program says again may
  ///     never have taken effect.
  public mutating func add(_ commit: String, _ said: Set<Setting>, reverting: [Set<Setting>], isOfPerson: Bool) {
    if isOfPerson { for setting in said { takenBack[setting] = nil } }
    let places = Set(said.map(\.place))
    for setting in reverting.joined() where places.contains(setting.place) && !said.contains(setting) {
      takenBack[setting] = commit
    }
  }

  /// The first of some settings, in byte order, that was taken back; nil where none was.
  public func tombstone(among settings: Set<Setting>) -> Tombstone? {
    let found = settings.filter { takenBack[$0] != nil }
      .min { "\($0.words)\n\($0.value ?? "")".isBytewiseLess(than: "\($1.words)\n\($1.value ?? "")") }
    return found.flatMap { setting in takenBack[setting].map { Tombstone(commit: $0, setting: setting) } }
  }
}

/// What is left of something that was taken back.
public struct Tombstone: Hashable, Sendable {
  /// The commit that took it back.
  public var commit: String
  public var setting: Setting
}
