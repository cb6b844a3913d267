public import Digest
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
public import Operations
import Reconciling

/// The HTTP server: so far the webhooks of forges.
///
/// It speaks plain HTTP and belongs behind a proxy that ends TLS, on an address of this machine.
public struct Console: Sendable {
  public struct Address: Sendable, Equatable, CustomStringConvertible {
    public var host: String
    /// 0 for one that the operating system picks.
    public var port: Int

    public init(host: String, port: Int) {
      self.host = host
      self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Parses `HOST:PORT`, and `[HOST]:PORT` for IPv6.
    public init?(_ text: String) {
      guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
        (0...65_535).contains(port)
      else { return nil }
      var host = text[..<colon]
      if host.hasPrefix("["), host.hasSuffix("]") {
        host = host.dropFirst().dropLast()
      } else if host.contains(":") {
        return nil
      }
      guard !host.isEmpty else { return nil }
      self.init(host: String(host), port: port)
    }
  }

  private static let connectionsLimit = 256

  private let address: Address
  private let webhooks: Webhooks
  private let requestLimit: TimeSpan

  /// - Parameters:
  ///   - requestLimit: how long a request may take to arrive whole. However slowly it trickles in, the connection is closed
  ///     then, so that nobody keeps others out with a byte now and then.
  ///   - wake: called for each delivery that is genuine and new.
  public init(
    _ address: Address, webhookSecret: Secret, requestLimit: TimeSpan = TimeSpan(milliseconds: 10_000),
    clock: @escaping @Sendable () -> Instant, wake: @escaping @Sendable () -> Void
  ) {
    self.address = address
    self.requestLimit = requestLimit
    webhooks = Webhooks(secret: webhookSecret, clock: clock, wake: wake)
  }

  /// Serves until the task is cancelled.
  /// - Parameter ready: called with the port once connections are accepted.
  /// - Throws: when the address cannot be listened at.
  public func run(ready: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
    let router = Router(context: ConnectionContext.self)
    let webhooks = webhooks
    router.post("/webhooks/:forge") { request, context -> Response in
      try await webhooks.respond(to: request, context)
    }
    // What goes wrong in one connection is the other side's fault; the server's own troubles are thrown.
    let logger = Logger(label: "purser.console") { _ in SwiftLogNoOpLogHandler() }
    let limit = TimeAmount.milliseconds(requestLimit.milliseconds)
    let waiting = WaitingConnections(limit: Self.connectionsLimit)
    let application = Application(
      router: router,
      server: .http1(configuration: .init(additionalChannelHandlers: [RequestDeadline(limit, among: waiting)])),
      configuration: .init(
        address: .hostname(address.host, port: address.port), serverName: "purser"),
      onServerRunning: { channel in ready(channel.localAddress?.port ?? 0) },
      logger: logger)
    do {
      try await application.run()
    } catch {
      guard !Task.isCancelled else { throw error }
      let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
      throw Trouble(
        .needsPerson, "cannot listen on \(address): \(reason)",
        hint: "give another address with --listen, or stop what is listening there")
    }
  }
}
