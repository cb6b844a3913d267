public import Approvals
public import Digest
public import HTTPClient
import Operations

/// One repository of one forge, and what Purser asks of it. Blocks the thread that it is called on.
///
/// What differs between forges stays inside this room: the answers are `ForgeFacts`.
public struct Forge: Sendable {
  /// Entries of a page, and pages that are read of one list: who has more reviews than that is told so.
  static let pageSize = 50
  static let pageLimit = 40
  /// Pages without an entry, one after another, that end a list of which some are left out: 400 entries.
  static let blankPages = 8

  public let location: ForgeLocation
  let interface: HTTPAddress
  private let client: HTTPClient
  private let token: Secret?

  /// - Throws: `ForgeError` where the location names no address that may be asked.
  public init(_ location: ForgeLocation, token: Secret?, client: HTTPClient = HTTPClient()) throws(ForgeError) {
    self.location = location
    self.client = client
    self.token = token
    do throws(HTTPError) {
      interface = Self.interface(of: try HTTPAddress(location.url), location.kind)
    } catch { throw ForgeError(error) }
  }

  private static func interface(of web: HTTPAddress, _ kind: ForgeKind) -> HTTPAddress {
    switch kind {
    case .github where web.host == "github.com": web.sibling(host: "api.github.com")
    case .github: web.appending("api", "v3")
    case .gitea: web.appending("api", "v1")
    case .gitlab: web.appending("api", "v4")
    }
  }

  /// What lies below the repository in the forge's interface.
  func place(_ parts: String...) -> HTTPAddress {
    var address: HTTPAddress
    switch location.kind {
    case .github, .gitea:
      address = interface.appending("repos")
      for part in location.repository.split(separator: "/") { address = address.appending(String(part)) }
    case .gitlab: address = interface.appending("projects", location.repository)
    }
    for part in parts { address = address.appending(part) }
    return address
  }

  func get(_ address: HTTPAddress, _ query: [(name: String, value: String)] = [], at now: Instant) throws(ForgeError)
    -> JSONValue
  {
    try json(of: try send(HTTPRequest(.get, address, query: query), at: now))
  }

  /// Nil where the forge answers 404.
  func find(_ address: HTTPAddress, at now: Instant) throws(ForgeError) -> JSONValue? {
    let response = try answer(to: HTTPRequest(.get, address))
    if response.status == 404 { return nil }
    if let error = ForgeError(response, server: server, at: now) { throw error }
    return try json(of: response)
  }

  /// Every entry of a list. A list that is too long to be read whole is an error: what is missing could be a rejection.
  func list(_ address: HTTPAddress, _ query: [(name: String, value: String)] = [], at now: Instant)
    throws(ForgeError) -> [JSONValue]
  {
    guard let entries = try findList(address, query, at: now) else { throw .missing(at: server) }
    return entries
  }

  /// Every entry of a list; nil if the forge answers 404.
  /// - Parameter isFiltered: the forge leaves entries out after it has cut the pages, so that neither a page without any nor
  ///   a total is the end.
  func findList(
    _ address: HTTPAddress, _ query: [(name: String, value: String)] = [], isFiltered: Bool = false, at now: Instant
  ) throws(ForgeError) -> [JSONValue]? {
    var entries: [JSONValue] = []
    var blanks = 0
    for page in 1...Self.pageLimit {
      let size = location.kind == .gitea ? "limit" : "per_page"
      let paging = query + [(size, String(Self.pageSize)), ("page", String(page))]
      let response = try answer(to: HTTPRequest(.get, address, query: paging))
      if page == 1, response.status == 404 { return nil }
      if let error = ForgeError(response, server: server, at: now) { throw error }
      let json = try json(of: response)
      // Gitea writes nothing at all for a page without entries where it filters.
      guard let found = isFiltered && json == .null ? [] : json.array else { throw .unreadable("a list") }
      entries += found
      blanks = found.isEmpty ? blanks + 1 : 0
      let isLast =
        isFiltered
        ? blanks == Self.blankPages
        : found.isEmpty || Self.isLast(response, page: page, found: found.count, total: entries.count)
      if isLast { return entries }
    }
    throw ForgeError(
      .needsPerson, "\(server) lists more than \(entries.count) entries of one kind for this pull request",
      hint: "close the pull request and open a new one, or approve with 'purser approve'")
  }

  /// Forges say in different headers whether more follows; a server may give smaller pages than it was asked for.
  private static func isLast(_ response: HTTPResponse, page: Int, found: Int, total: Int) -> Bool {
    if let link = response.headers["link"] { return !link.contains("rel=\"next\"") }
    if let next = response.headers["x-next-page"] { return next.isEmpty }
    if let count = response.headers["x-total-count"].flatMap({ Int($0) }) { return total >= count }
    return found < pageSize
  }

  @discardableResult
  func write(
    _ method: HTTPRequest.Method, _ address: HTTPAddress, _ body: JSONValue, at now: Instant
  ) throws(ForgeError) -> JSONValue {
    try json(of: try send(HTTPRequest(method, address, body: body.canonicalBytes), at: now))
  }

  func send(_ request: HTTPRequest, at now: Instant) throws(ForgeError) -> HTTPResponse {
    let response = try answer(to: request)
    if let error = ForgeError(response, server: server, at: now) { throw error }
    return response
  }

  func answer(to request: HTTPRequest) throws(ForgeError) -> HTTPResponse {
    var request = request
    request.headers.append(("Accept", location.kind == .github ? "application/vnd.github+json" : "application/json"))
    if location.kind == .github { request.headers.append(("X-GitHub-Api-Version", "2022-11-28")) }
    if request.body != nil { request.headers.append(("Content-Type", "application/json")) }
    request.secretHeader = token.map { token in
      switch location.kind {
      case .github: ("Authorization", "Bearer ", token)
      case .gitea: ("Authorization", "token ", token)
      case .gitlab: ("PRIVATE-TOKEN", "", token)
      }
    }
    do throws(HTTPError) { return try client.send(request) } catch { throw ForgeError(error) }
  }

  var server: String { interface.scheme + "://" + interface.host }

  func json(of response: HTTPResponse) throws(ForgeError) -> JSONValue {
    do throws(JSONProblem) { return try .parse(response.body) } catch {
      throw .unreadable("anything: \(error.message)")
    }
  }
}
