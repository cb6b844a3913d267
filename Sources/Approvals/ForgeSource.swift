public import Operations

/// Where somebody said or did something that they did not sign themselves: a review or a merge on a forge, which the daemon
/// read there and vouches for with the audit key.
public struct ForgeSource: Hashable, Sendable {
  public var location: ForgeLocation
  public var pullRequest: Int64
  /// The number of the account on the forge, which stays when its name changes.
  public var account: Int64
  /// The number of the review; 0 for a merge, and where the forge gives none.
  public var review: Int64
  /// Of a merge, everyone whose work it is, in byte order; empty for a review. All of them stand in one statement, so that
  /// none can be left out.
  public var authors: [String]

  public init(
    location: ForgeLocation, pullRequest: Int64, account: Int64, review: Int64 = 0, authors: [String] = []
  ) {
    self.location = location
    self.pullRequest = pullRequest
    self.account = account
    self.review = review
    self.authors = authors
  }

  public var json: JSONValue {
    [
      "type": .string(location.kind.rawValue), "url": .string(location.url),
      "repository": .string(location.repository), "pull_request": .integer(pullRequest),
      "account": .integer(account), "review": .integer(review), "authors": .array(authors.map { .string($0) }),
    ]
  }

  /// Reads what `json` wrote: all of it and nothing else.
  public init?(json: JSONValue) {
    guard let members = json.object, members.count == 7,
      let kind = members["type"]?.string.flatMap(ForgeKind.init(rawValue:)), let url = members["url"]?.string,
      let repository = members["repository"]?.string, let pullRequest = members["pull_request"]?.integer,
      let account = members["account"]?.integer, let review = members["review"]?.integer,
      let authors = members["authors"]?.array, authors.count <= 1000, authors.allSatisfy({ $0.string != nil }),
      pullRequest > 0, account > 0, review >= 0
    else { return nil }
    self.init(
      location: ForgeLocation(kind: kind, url: url, repository: repository), pullRequest: pullRequest,
      account: account, review: review, authors: authors.compactMap(\.string))
  }
}
