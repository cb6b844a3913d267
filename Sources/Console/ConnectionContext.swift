import Hummingbird
import NIOCore

/// What a request's handler knows of its connection.
struct ConnectionContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  private let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  /// What is asked next on this connection has its own time.
  func expectNext() { channel.pipeline.fireUserInboundEventTriggered(RequestDeadline.Answered()) }

  /// Reads no more of what the other side sends; the answer still goes out, and then the connection is closed.
  func closeInput() { channel.close(mode: .input, promise: nil) }
}
