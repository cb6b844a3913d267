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
      Writes a signed commit on a new branch proposal/drift-…, which starts at the policy branch and sets the field for \
      this item alone. It is yours: the daemon has nobody's key, and what it saw is no reason to change what people agreed \
      on. The change takes effect like any other, once it is approved and merged.
      """)

  @Argument(help: "The channel.") var channel: String
  @Argument(help: "The item.") var sku: String
  @Argument(help: "The setting: max_publish or min_publish.") var field: String
  @Option(help: "The region of the listing, where regions are named.") var region: String?
  @Option(help: "The key to sign with; the one that git is set up with, if left out.") var key: String?
  @OptionGroup var options: RepositoryOptions
  @OptionGroup var clock: ClockOptions

  func validate() throws {
    guard ListingField(rawValue: field) != nil else {
      throw ValidationError("'\(field)' is no field of a listing; there are max_publish and min_publish")
    }
    guard field != ListingField.units.rawValue else {
      throw ValidationError("units cannot be adopted, because quantities never stand in git; max_publish limits them")
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
        "drift.none", "\(sku) shows on \(wanted) what git says, or nobody has looked",
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
