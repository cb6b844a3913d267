import ActualState
import Operations
import SQLiteStore
import TestSupport
import Testing

/// Every door to a policy in force that only an older version of Purser could accept: it says what is wrong, and where.
@Suite struct UpgradeTests {
  let company: CompanyFolder

  init() throws {
    company = try CompanyFolder(items: 1)
    try #require(try company.cycle().status == 0)
    // What an older version put in force: a field that this one does not know.
    try company.shell(
      "cd ops && sed -i '0,/^type:/s//colour: red\\ntype:/' state/channels/channels.yaml && git commit -qam 'Older'")
    let store: SQLiteStore
    do { store = try SQLiteStore(path: company.store, mode: .create) }
    let pin = PolicyPin(
      commit: try company.shell("git -C ops rev-parse HEAD"),
      tree: try company.shell("git -C ops rev-parse 'HEAD^{tree}'"), version: 1)
    try store.transaction { try store.set(.pin, pin.json.canonical) }
  }

  @Test func allOfThemNameThePlaceAndAMendingCommitPassesThem() throws {
    let place = "state/channels/channels.yaml:"
    for command in [
      "run --once --repo ops", "plan --repo ops", "plan --repo ops HEAD~1..HEAD", "get held --repo ops",
      "import --repo ops stock.jsonl", "explain --repo ops Channel/storefront",
    ] {
      let store = command.hasPrefix("explain") ? [] : ["--store", "ops.db", "--now", CompanyFolder.now]
      let words = command.split(separator: " ").map(String.init)
      let result = try company.run(words + (words[0] == "import" ? Array(store.prefix(2)) : store))
      #expect(result.status == 1, "\(command): \(result.status) \(result.errors)")
      #expect(result.errors.contains(place) && result.errors.contains("colour"), "\(command): \(result.errors)")
    }
    try company.shell("cd ops && sed -i '/^colour: red/d' state/channels/channels.yaml && git commit -qam 'Mend'")
    let mended = try company.cycle()
    #expect(mended.status == 0, "\(mended.errors)")
    #expect(try company.plan().errors.contains("error") == false)
  }
}
