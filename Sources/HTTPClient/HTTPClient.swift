internal import Clibcurl
import Digest
import Synchronization

/// Asks HTTP servers, one request after another. Blocks the thread that it is called on.
///
/// Redirects are not followed: what was sent to one server, a token above all, goes to no other. Proxies of the
/// environment are not used, because the address that is connected to is checked.
public final class HTTPClient: Sendable {
  public struct Limits: Sendable {
    /// Until a connection stands.
    public var connectMilliseconds: Int
    /// From the beginning to the last byte of the answer.
    public var totalMilliseconds: Int
    public var bodyBytes: Int
    /// All answers since the last `beginConversation` together: a server that is slow with each of many answers holds nobody
    /// up for longer. Nil for no limit.
    public var conversationMilliseconds: Int?

    public init(
      connectMilliseconds: Int = 5_000, totalMilliseconds: Int = 15_000, bodyBytes: Int = 8 << 20,
      conversationMilliseconds: Int? = nil
    ) {
      self.connectMilliseconds = connectMilliseconds
      self.totalMilliseconds = totalMilliseconds
      self.bodyBytes = bodyBytes
      self.conversationMilliseconds = conversationMilliseconds
    }
  }

  private let limits: Limits
  /// One at a time, so that its connections can be used again.
  private let handle: Mutex<Handle>

  public init(limits: Limits = Limits()) {
    self.limits = limits
    handle = Mutex(Handle())
    beginConversation()
  }

  /// Begins to count anew how long answers take together.
  public func beginConversation() { handle.withLock { $0.leftMilliseconds = limits.conversationMilliseconds } }

  /// - Throws: `HTTPError` when there is no whole answer; an answer that says no is no error.
  public func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    try handle.withLock { (handle) throws(HTTPError) in try handle.perform(request, limits) }
  }
}

/// Owns a libcurl easy handle.
private struct Handle: ~Copyable {
  private static let isStarted: Bool = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

  private let pointer: UnsafeMutableRawPointer?
  /// What is left of the conversation's time; nil for no limit.
  var leftMilliseconds: Int?

  init() { pointer = Self.isStarted ? curl_easy_init() : nil }

  deinit { curl_easy_cleanup(pointer) }

  mutating func perform(_ request: HTTPRequest, _ limits: HTTPClient.Limits) throws(HTTPError) -> HTTPResponse {
    guard let pointer else { throw HTTPError(.unreachable, "libcurl cannot be started") }
    let server = request.address.scheme + "://" + request.address.host
    var limits = limits
    if let left = leftMilliseconds {
      guard left > 0 else { throw HTTPError(.timeout, "\(server) takes too long to answer") }
      limits.totalMilliseconds = min(limits.totalMilliseconds, left)
    }
    let transfer = Transfer(mayBeLoopback: request.address.isLoopback, bodyLimit: limits.bodyBytes)
    curl_easy_reset(pointer)
    setLimits(limits)
    setReceivers(transfer)
    _ = purser_curl_set_text(pointer, CURLOPT_URL, request.target)
    _ = purser_curl_set_text(pointer, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    let headers = HeaderList(request)
    _ = purser_curl_set_pointer(pointer, CURLOPT_HTTPHEADER, headers.first)
    // libcurl reads the body where it is: the pointer must live as long as the transfer.
    let code = (request.body ?? []).withUnsafeBytes { body in
      if request.body != nil {
        _ = purser_curl_set_size(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        _ = purser_curl_set_pointer(pointer, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: body.baseAddress))
      }
      return withExtendedLifetime(transfer) { curl_easy_perform(pointer) }
    }
    withExtendedLifetime(headers) {}
    var microseconds: curl_off_t = 0
    _ = purser_curl_microseconds(pointer, &microseconds)
    leftMilliseconds = leftMilliseconds.map { $0 - Int(microseconds / 1000) - 1 }
    if let failure = transfer.failure {
      throw HTTPError(failure.kind, "\(server): \(failure.message)", hint: failure.hint)
    }
    guard code == CURLE_OK else { throw HTTPError(code, server) }
    var status = 0
    _ = purser_curl_status(pointer, &status)
    return HTTPResponse(status: status, headers: transfer.headers, body: transfer.body)
  }

  private func setLimits(_ limits: HTTPClient.Limits) {
    _ = purser_curl_set_number(pointer, CURLOPT_NOSIGNAL, 1)
    _ = purser_curl_set_number(pointer, CURLOPT_CONNECTTIMEOUT_MS, limits.connectMilliseconds)
    _ = purser_curl_set_number(pointer, CURLOPT_TIMEOUT_MS, limits.totalMilliseconds)
    _ = purser_curl_set_size(pointer, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(limits.bodyBytes))
    _ = purser_curl_set_text(pointer, CURLOPT_PROTOCOLS_STR, "https,http")
    _ = purser_curl_set_number(pointer, CURLOPT_FOLLOWLOCATION, 0)
    _ = purser_curl_set_text(pointer, CURLOPT_PROXY, "")
    _ = purser_curl_set_text(pointer, CURLOPT_USERAGENT, "purser")
  }

  private func setReceivers(_ transfer: Transfer) {
    let context = Unmanaged.passUnretained(transfer).toOpaque()
    _ = purser_curl_set_pointer(pointer, CURLOPT_WRITEDATA, context)
    _ = purser_curl_set_receiver(pointer, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      guard let context else { return 0 }
      let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return Transfer.from(context).receive(body: piece) ? piece.count : 0
    }
    _ = purser_curl_set_pointer(pointer, CURLOPT_HEADERDATA, context)
    _ = purser_curl_set_receiver(pointer, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      guard let context else { return 0 }
      let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return Transfer.from(context).receive(header: line) ? line.count : 0
    }
    _ = purser_curl_set_pointer(pointer, CURLOPT_OPENSOCKETDATA, context)
    _ = purser_curl_set_socket_opener(pointer) { context, _, address in
      guard let context, let address else { return curl_socket_t(-1) }
      return Transfer.from(context).open(address)
    }
  }
}

/// The headers of a request as libcurl's list.
private struct HeaderList: ~Copyable {
  private(set) var first: UnsafeMutablePointer<curl_slist>?

  init(_ request: HTTPRequest) {
    for (name, value) in request.headers { append("\(name): \(value)") }
    // A body is sent at once, and as what its own header says.
    append("Expect:")
    if let (name, prefix, secret) = request.secretHeader {
      append(name + ": " + prefix + String(decoding: secret.reveal(), as: UTF8.self))
    }
  }

  deinit { curl_slist_free_all(first) }

  private mutating func append(_ line: String) { first = curl_slist_append(first, line) }
}

extension HTTPError {
  /// What a code of libcurl means for whoever asked. libcurl's own text stays out: it may repeat the address.
  fileprivate init(_ code: CURLcode, _ server: String) {
    switch code {
    case CURLE_OPERATION_TIMEDOUT: self.init(.timeout, "\(server) did not answer in time")
    case CURLE_COULDNT_RESOLVE_HOST: self.init(.unreachable, "cannot resolve the name of \(server)")
    case CURLE_COULDNT_CONNECT: self.init(.unreachable, "cannot connect to \(server)")
    case CURLE_FILESIZE_EXCEEDED: self.init(.tooLarge, "\(server): the answer is too large")
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
      self.init(
        .untrusted, "this machine does not trust the certificate of \(server)",
        hint: "install the authority's certificate (Debian: ca-certificates)")
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
      self.init(.refusedAddress, "\(server) is not a valid address")
    default: self.init(.unreachable, "the connection to \(server) failed (libcurl error \(code.rawValue))")
    }
  }
}
