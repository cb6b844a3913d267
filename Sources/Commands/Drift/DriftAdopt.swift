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
      Creates a branch proposal/drift-… from the policy branch, with one commit that sets the field for this item only, \
      signed with your key. The daemon never does this by itself: it has nobody's key, and what someone did on a \
      marketplace is no reason to change the agreed policy. The change takes effect once it is approved and merged.
      """)

  @Argument(help: "The channel.") var channel: String
  @Argument(help: "The item.") var sku: String
  @Argument(help: "The setting: max_publish or min_publish.") var field: String
  @Option(help: "The region of the listing, if the policy has regions.") var region: String?
  @Option(help: "The key to sign with (default: git's signing key).") var key: String?
  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions

  func validate() throws {
    guard ListingField(rawValue: field) != nil else {
      throw ValidationError("a listing has no field '\(field)'; its fields are max_publish and min_publish")
    }
    guard field != ListingField.units.rawValue else {
      throw ValidationError(
        "units cannot be adopted, because quantities are never kept in git; max_publish limits them")
    }
    if Repository.isRemote(options.repo) {
      throw ValidationError("--repo takes a folder: clone '\(withoutSecrets(options.repo))' first")
    }
  }

  func run() throws {
    let now = try clock.clock()()
    guard let field = ListingField(rawValue: field) else { return }
    let wanted = ListingKey(ChannelID(channel), field, in: region.map { RegionID($0) } ?? .everywhere)
    guard let drift = try options.drifts(at: now).first(where: { $0.key == wanted && $0.sku == SKU(sku) }) else {
      throw Diagnostic(
        "drift.none", "\(sku) on \(wanted) matches git, or has not been observed",
        hint: "'purser drift' lists what differs")
    }
    let repository = try Repository(path: options.repo)
    let adoption = try Adoption(drift, in: repository, branch: options.branch, at: now)
    let commit = try adoption.make(signedWith: try SigningKey.find(given: key, in: repository))
    let branch = adoption.branchName
    Output.words(
      escaped(
        "Made \(commit.short) on \(branch): \(adoption.summary).\n"
          + "It takes effect once it is merged: purser propose \(branch), or git merge --no-ff \(branch)") + "\n")
  }
}
