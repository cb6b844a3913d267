import FoundationEssentials
import Operations
import TestSupport
import Testing

/// Deliveries that a live Gitea sent, byte for byte, where `PURSER_DATA` names the folder that has them (`forges/…`).
@Suite(.enabled(if: GenuineDeliveries.folder != nil, "PURSER_DATA names no folder with forges/"))
struct GenuineDeliveryTests {
  /// The secret under which they were captured.
  private static let secret = "eco-secret"

  private struct Delivery {
    var name: String
    var headers: [(name: String, value: String)]
    var body: String
  }

  private static func deliveries() throws -> [Delivery] {
    let folder = GenuineDeliveries.folder ?? ""
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".headers.json") }
    return try names.sorted().map { name in
      func read(_ ending: String) throws -> [UInt8] {
        let path = "\(folder)/\(name.replacing(".headers.json", with: ending))"
        return [UInt8](try #require(FileManager.default.contents(atPath: path)))
      }
      let headers = try JSONValue.parse(try read(".headers.json"))["headers"]?.array ?? []
      let own = headers.compactMap { pair -> (name: String, value: String)? in
        guard let name = pair.array?.first?.string, let value = pair.array?.last?.string else { return nil }
        // Those that the client writes itself.
        return ["host", "content-length", "accept-encoding"].contains(name.lowercased()) ? nil : (name, value)
      }
      return Delivery(name: name, headers: own, body: String(decoding: try read(".body.json"), as: UTF8.self))
    }
  }

  @Test func eachWakesOnce() async throws {
    let deliveries = try Self.deliveries()
    try #require(deliveries.count >= 10)
    try await WebhookTests.withConsole(secret: Self.secret) { port, wakes in
      for (index, delivery) in deliveries.enumerated() {
        try await WebhookTests.post(port, "gitea", delivery.headers, delivery.body, expect: 202)
        #expect(wakes() == index + 1, "\(delivery.name)")
      }
      for delivery in deliveries {
        // The same again, and altered by one byte under its signature.
        try await WebhookTests.post(port, "gitea", delivery.headers, delivery.body, expect: 200)
        try await WebhookTests.post(port, "gitea", delivery.headers, delivery.body + " ", expect: 401)
      }
      #expect(wakes() == deliveries.count)
    }
  }
}

private enum GenuineDeliveries {
  static let folder: String? = {
    guard let data = ProcessInfo.processInfo.environment["PURSER_DATA"] else { return nil }
    let folder = data + "/forges/gitea/webhooks"
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()
}
