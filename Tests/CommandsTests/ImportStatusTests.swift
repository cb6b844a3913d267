import TestSupport
import Testing

/// What `purser import` says by its exit code, so that a job that runs it by itself is noticed where nothing comes in.
@Suite struct ImportStatusTests {
  private func status(_ company: CompanyFolder, _ events: String..., as file: String = "more") throws -> Int32 {
    try company.scratch.write(events.map { $0 + "\n" }.joined(), to: "\(company.name)/\(file).jsonl")
    return try company.run(["import", "--repo", "ops", "--store", "ops.db", "\(file).jsonl"]).status
  }

  @Test func whatIsNotAcceptedIsAFailure() throws {
    let company = try CompanyFolder(items: 1)
    func item(_ id: String, _ unit: String = "each") -> String {
      CompanyFolder.event(id, "catalog.item_upserted", "{\"sku\":\"MORE\",\"uom\":\"\(unit)\"}")
    }
    func count(_ id: String, of sku: String = "ITEM-1", _ units: Int) -> String {
      CompanyFolder.event(id, "inventory.counted", "{\"sku\":\"\(sku)\",\"node\":\"dc-leipzig\",\"on_hand\":\(units)}")
    }
    #expect(try status(company, item("a")) == 0)
    #expect(try status(company, count("b", -7)) == 1, "refused")
    #expect(try status(company, count("b", -7)) == 1, "tried again, and refused")
    #expect(try status(company, count("c", of: "MORE", 8), count("d", -8)) == 1, "one of two")
    #expect(try company.succeed("get", "positions", "--store", "ops.db").output.contains("MORE"))
    #expect(try status(company, item("a", "box")) == 1, "the same id with different content")
    #expect(try status(company, "{") == 1, "no event")
    #expect(try status(company, count("e", of: "LATER", 1)) == 0, "it waits for its item")
  }
}
