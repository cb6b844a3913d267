import Diagnostics
import FoundationEssentials
import Git

/// The remote that a branch of a checkout follows, as git's configuration says it.
struct CheckoutRemote {
  var name: String
  /// An address that libgit2 can push to; a folder is written as `file://`.
  var address: String

  /// Nil where the branch follows nothing and there is no `origin`: then the checkout itself is the company's repository.
  static func followed(by branch: String, in repository: Repository, at path: String)
    -> CheckoutRemote?
  {
    let named = repository.configuration("branch.\(branch).remote").flatMap {
      $0 == "." || $0.isEmpty ? nil : $0
    }
    let name = named ?? "origin"
    guard let url = repository.address(ofRemote: name), !url.isEmpty else { return nil }
    guard !Repository.isRemote(url) else { return CheckoutRemote(name: name, address: url) }
    let folder = url.hasPrefix("/") ? url : absolute(path) + "/" + url
    // As git reads it: a folder of that name comes first.
    if !FileManager.default.fileExists(atPath: folder), let short = Repository.address(ofShortForm: url) {
      return CheckoutRemote(name: name, address: short)
    }
    return CheckoutRemote(name: name, address: "file://" + folder.replacing("%", with: "%25"))
  }

  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}
