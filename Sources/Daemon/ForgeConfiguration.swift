public import Digest
import FoundationEssentials
import Operations
import Reconciling
public import Reports

/// How Purser speaks on the forge that the Repository resource names.
public struct ForgeConfiguration: Sendable {
  public var token: Secret
  /// The words of the comment on a change, and of that on a change that cannot be planned.
  public var planComment: Template
  public var refusalComment: Template
  /// Where whole plans are put for people to read; nil for nowhere.
  public var artifacts: Artifacts?

  public init(token: Secret, planComment: Template, refusalComment: Template, artifacts: Artifacts? = nil) {
    self.token = token
    self.planComment = planComment
    self.refusalComment = refusalComment
    self.artifacts = artifacts
  }

  /// A folder that some web server shows: one file for each pull request, written anew with its comment.
  public struct Artifacts: Sendable {
    /// The path of the folder, and its address.
    public var folder: String
    public var address: String

    public init(folder: String, address: String) {
      self.folder = folder
      self.address = address
    }

    private static func name(of pull: Int64) -> String { "pull-request-\(pull).json" }

    func address(of pull: Int64) -> String {
      address + (address.hasSuffix("/") ? "" : "/") + Self.name(of: pull)
    }

    func write(_ plan: JSONValue, of pull: Int64) throws(Trouble) {
      let path = folder + "/" + Self.name(of: pull)
      do {
        try Data((plan.pretty() + "\n").utf8).write(to: URL(filePath: path), options: .atomic)
      } catch {
        throw Trouble(
          .needsPerson, "cannot write the plan '\(path)'",
          hint: "give an existing, writable folder with --plans-folder")
      }
    }
  }
}
