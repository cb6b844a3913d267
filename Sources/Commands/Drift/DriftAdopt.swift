import ArgumentParser
import Diagnostics
import Git
import Operations
import Planning

/// `purser drift adopt`: a signed change that makes git say what a channel shows.
struct DriftAdopt: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt", abstract: "Propose a change in git that sets what a channel shows.",
    discussion: """
      Creates a branch proposal/drift-… from the policy branch, with one commit that sets the fields for these items only, \
      signed with your key. The daemon never does this by itself: it has nobody's key, and what someone did on a \
      marketplace is no reason to change the agreed policy. The change takes effect once it is approved and merged. An item \
      without an overlay of its own gets a file of its own, adopted/CHANNEL/…, so that several such changes can be merged.
      """)

  @Argument(help: "The channel.") var channel: String
  @Argument(help: "The items, followed by the setting: max_publish or min_publish (default: both).")
  var words: [String] = []
  @Option(name: .customLong("sku"), help: "One more item; use --sku=-X if its name begins with a hyphen.")
  var named: [String] = []
  @Flag(help: "All items of the channel that someone else has changed.") var all = false
  @Option(help: "The region of the listing, if the policy has regions.") var region: String?
  @Option(help: "The key to sign with (default: git's signing key).") var key: String?
  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions

  /// The setting, where the last word is one and is not the only item.
  private var field: ListingField? {
    words.count > 1 || all || !named.isEmpty ? words.last.flatMap(ListingField.init(rawValue:)) : nil
  }

  private var items: [SKU] { (Array(field == nil ? words[...] : words.dropLast()) + named).map { SKU($0) } }

  func validate() throws {
    guard field != .units else {
      throw ValidationError(
        "units cannot be adopted, because quantities are never kept in git; max_publish limits them")
    }
    guard all == items.isEmpty else {
      throw ValidationError("name items, or take all of the channel with --all")
    }
    if Repository.isRemote(options.repo) {
      throw ValidationError("--repo takes a folder: clone '\(withoutSecrets(options.repo))' first")
    }
  }

  func run() throws {
    let now = try clock.clock()()
    let found = try options.drifts(at: now).filter(isMeant)
    if let missing = items.first(where: { sku in !found.contains { $0.sku == sku } }) {
      let wanted = [channel, field?.rawValue].compactMap { $0 }.joined(separator: " ")
      throw Diagnostic(
        "drift.none", "\(missing) on \(wanted) matches git, or has not been observed",
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
