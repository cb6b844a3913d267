import ArgumentParser
import Diagnostics
import Git
import Operations
import Planning

/// `purser drift adopt`: a signed change that makes git say what a channel shows.
struct DriftAdopt: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt", abstract: "Make a change of what a channel shows, for git to say it too.",
    discussion: """
      Writes a signed commit on a new branch proposal/drift-…, which starts at the policy branch and sets the fields for \
      these items alone. It is yours: the daemon has nobody's key, and what it saw is no reason to change what people agreed \
      on. The change takes effect like any other, once it is approved and merged. An item that has nothing of its own yet \
      gets a file of its own, adopted/CHANNEL/… beside the channel's, so that several such changes can be merged.
      """)

  @Argument(help: "The channel.") var channel: String
  @Argument(help: "The items, and after them the setting: max_publish or min_publish; both, if left out.")
  var words: [String] = []
  @Option(name: .customLong("sku"), help: "One more item; --sku=-X for one whose name begins with a hyphen.")
  var named: [String] = []
  @Flag(help: "All items of the channel that somebody else has written.") var all = false
  @Option(help: "The region of the listing, where regions are named.") var region: String?
  @Option(help: "The key to sign with; the one that git is set up with, if left out.") var key: String?
  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions

  /// The setting, where the last word is one and is not the only item.
  private var field: ListingField? {
    words.count > 1 || all || !named.isEmpty ? words.last.flatMap(ListingField.init(rawValue:)) : nil
  }

  private var items: [SKU] { (Array(field == nil ? words[...] : words.dropLast()) + named).map { SKU($0) } }

  func validate() throws {
    guard field != .units else {
      throw ValidationError("units cannot be adopted, because quantities never stand in git; max_publish limits them")
    }
    guard all == items.isEmpty else {
      throw ValidationError("name items, or take all of the channel with --all")
    }
    if Repository.isRemote(options.repo) {
      throw ValidationError("--repo takes a folder: clone '\(options.repo)' first")
    }
  }

  func run() throws {
    let now = try clock.clock()()
    let found = try options.drifts(at: now).filter(isMeant)
    if let missing = items.first(where: { sku in !found.contains { $0.sku == sku } }) {
      let wanted = [channel, field?.rawValue].compactMap { $0 }.joined(separator: " ")
      throw Diagnostic(
        "drift.none", "\(missing) shows on \(wanted) what git says, or nobody has looked",
        hint: "'purser drift' lists what differs")
    }
    guard !found.isEmpty else {
      return Output.words("nothing to take over: no setting of '\(channel)' was written by others\n")
    }
    let repository = try Repository(path: options.repo)
    let adoption = try Adoption(found, of: ChannelID(channel), in: repository, branch: options.branch, at: now)
    let commit = try adoption.make(signedWith: try SigningKey.find(given: key, in: repository))
    let branch = adoption.branchName
    Output.words(
      escaped(
        "Made \(commit.short) on \(branch): \(adoption.summary).\n"
          + "It takes effect once it is merged: purser propose \(branch), or git merge --no-ff \(branch)") + "\n")
  }

  private func isMeant(_ drift: Drift) -> Bool {
    guard drift.key.channel == ChannelID(channel), drift.key.field != .units,
      drift.key.field == field ?? drift.key.field
    else { return false }
    if let region, drift.key.region != RegionID(region) { return false }
    // What may settle by itself is only taken over by name.
    return all
      ? drift.kind != .unsettled : items.contains(drift.sku) && (region != nil || drift.key.region.isEverywhere)
  }
}
