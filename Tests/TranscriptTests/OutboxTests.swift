import Operations
import TestSupport
import Testing

/// What another program needs to deliver the messages of the outbox at least once.
@Suite struct OutboxTests {
  @Test func everyMessageComesAfterTheLastRecordThatWasDelivered() throws {
    let company = try CompanyFolder(items: 2)
    func outbox(after record: Int64? = nil) throws -> [JSONValue] {
      let more = record.map { ["--after", "\($0)"] } ?? []
      let listed = try company.run(["get", "outbox", "--store", "ops.db", "-o", "json"] + more)
      #expect(listed.status == 0, "\(listed.errors)")
      return try JSONValue.parse(Array(listed.output.utf8)).array ?? []
    }
    let before = try outbox()
    #expect(before.isEmpty)
    _ = try company.cycle()
    let first = try outbox()
    let record = try #require(first.last?["record"]?.integer)
    #expect(first.contains { $0["payload"]?["publications"]?.integer ?? 0 > 0 }, "\(first)")
    try company.commitCap(9)
    #expect(try company.cycle().status == 0)
    let all = try outbox()
    let later = try outbox(after: record)
    #expect(!later.isEmpty && first + later == all, "nothing is missed, and nothing comes twice")
    #expect(Set(all.compactMap { $0["key"]?.string }).count == all.count, "\(all)")
    #expect(try outbox(after: all.last?["record"]?.integer).isEmpty)
  }
}
