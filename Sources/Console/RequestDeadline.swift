import NIOCore

/// Closes a connection whose next request has not arrived and been answered in time, counted from when the connection was
/// made or the answer before it. A timeout of silence would not do: a byte now and then keeps it from ever ending.
final class RequestDeadline: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  /// A request was answered: the next has its own time.
  struct Answered: Sendable {}

  private let limit: TimeAmount
  private let waiting: WaitingConnections
  private var end: Scheduled<Void>?

  /// - Parameter waiting: the connections of the server, in which this one takes its place.
  init(_ limit: TimeAmount, among waiting: WaitingConnections) {
    self.limit = limit
    self.waiting = waiting
  }

  func handlerAdded(context: ChannelHandlerContext) { begin(context) }

  func handlerRemoved(context: ChannelHandlerContext) { end?.cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    end?.cancel()
    waiting.remove(context.channel)
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is Answered else { return context.fireUserInboundEventTriggered(event) }
    begin(context)
  }

  private func begin(_ context: ChannelHandlerContext) {
    end?.cancel()
    let channel = context.channel
    waiting.add(channel)
    end = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
  }
}
