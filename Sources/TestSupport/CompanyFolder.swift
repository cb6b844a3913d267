/// A company at work in a folder: the repository that `purser init` makes (`ops`), a store (`ops.db`) and trade.
///
/// Times stand still, so that equal commands leave equal stores and equal audit commits.
public struct CompanyFolder: Sendable {
  public static let now = "2026-11-24T10:00:00Z"

  public let purser: Program
  /// The folder, below the scratch folder.
  public let name: String

  public var scratch: ScratchFolder { purser.scratch }
  public var path: String { scratch.path(name) }
  public var repository: String { path + "/ops" }
  public var store: String { path + "/ops.db" }

  /// Makes the repository, and with `items` a store that holds them, counted and not planned yet.
  public init(items: Int = 0) throws {
    let scratch = try ScratchFolder()
    purser = try Program(scratch)
    name = "company"
    try shell("mkdir \(path)", in: ".")
    try succeed("init", "ops")
    if items > 0 { try importEvents(Self.stock(items), as: "stock") }
  }

  private init(_ purser: Program, name: String) {
    self.purser = purser
    self.name = name
  }

  /// The same company in another folder, with the same keys.
  public func copy(_ name: String) throws -> CompanyFolder {
    try shell("cp -a '\(path)' '\(scratch.path(name))'", in: ".")
    return CompanyFolder(purser, name: name)
  }

  // MARK: Commands

  /// Runs `purser` in the folder.
  public func callAsFunction(_ arguments: String...) throws -> ChildProcess.Result { try run(arguments) }

  public func run(_ arguments: [String]) throws -> ChildProcess.Result { try start(arguments).wait() }

  public func start(_ arguments: [String]) throws -> ChildProcess { try purser.start(arguments, in: name) }

  /// Runs `purser` and expects exit code 0.
  @discardableResult
  public func succeed(_ arguments: String...) throws -> ChildProcess.Result {
    let result = try run(arguments)
    guard result.status == 0 else { throw CommandFailed(command: "purser \(arguments)", result: result) }
    return result
  }

  /// One cycle at the fixed time.
  public func cycle(repository: String = "ops") throws -> ChildProcess.Result {
    try run(Self.cycle(repository: repository))
  }

  public static func cycle(repository: String = "ops") -> [String] {
    ["run", "--once", "--repo", repository, "--store", "ops.db", "--now", now]
  }

  public func plan(_ more: String...) throws -> ChildProcess.Result {
    try run(["plan", "--repo", "ops", "--store", "ops.db", "--now", Self.now] + more)
  }

  @discardableResult
  public func shell(_ command: String) throws -> String { try shell(command, in: name) }

  @discardableResult
  private func shell(_ command: String, in folder: String) throws -> String {
    let result = try purser.shell(command, in: folder)
    guard result.status == 0 else { throw CommandFailed(command: command, result: result) }
    return result.output.last == "\n" ? String(result.output.dropLast()) : result.output
  }

  // MARK: Policy

  /// Commits another cap for marketplace-a in the repository, signed or not; returns the commit's id.
  @discardableResult
  public func commitCap(_ percent: Int, signed: Bool = true) throws -> String {
    try shell(
      """
      cd ops && sed -i '0,/percent_of_available: [0-9]*%/s//percent_of_available: \(percent)%/' \
      state/channels/channels.yaml && git -c commit.gpgsign=\(signed) commit -qam 'Cap marketplace-a at \(percent)%' && \
      git rev-parse HEAD
      """)
  }

  // MARK: Trade

  @discardableResult
  public func importEvents(_ events: [String], as file: String) throws -> ChildProcess.Result {
    try scratch.write(events.joined(separator: "\n") + "\n", to: "\(name)/\(file).jsonl")
    let result = try run(["import", "--repo", "ops", "--store", "ops.db", "\(file).jsonl"])
    // What is refused is for the test to look at.
    guard result.status == 0 || result.errors.contains("[event.refused]") else {
      throw CommandFailed(command: "purser import \(file).jsonl", result: result)
    }
    return result
  }

  /// Items with 100 units each in the distribution centre.
  public static func stock(_ items: Int) -> [String] {
    (1...items).flatMap { item in
      [
        event("item-\(item)", "catalog.item_upserted", #"{"sku":"ITEM-\#(item)","uom":"each"}"#),
        event("count-\(item)", "inventory.counted", #"{"sku":"ITEM-\#(item)","node":"dc-leipzig","on_hand":100}"#),
      ]
    }
  }

  /// Orders for one unit each of one of `items` items.
  public static func orders(_ numbers: ClosedRange<Int>, items: Int) -> [String] {
    numbers.map { number in
      let channel = ["storefront", "marketplace-a", "marketplace-b"][number % 3]
      let line = #"{"line":"1","sku":"ITEM-\#(number % items + 1)","qty":1}"#
      return event(
        "order-\(number)", "order.placed",
        #"{"order":"O-\#(number)","channel":"\#(channel)","ship_to":{"region":"central"},"lines":[\#(line)]}"#)
    }
  }

  public static func event(_ id: String, _ type: String, _ data: String) -> String {
    #"{"specversion":"1.0","id":"\#(id)","source":"/test","type":"\#(type)","time":"2026-11-24T08:00:00Z","data":\#(data)}"#
  }

  /// All that the store shows, for a comparison with another.
  public func holdings() throws -> String {
    try ["positions", "availability", "reservations", "orders"].map {
      try succeed("get", $0, "--store", "ops.db", "-o", "json").output
    }.joined()
  }
}

/// A command that ended badly where a test needed it to work.
public struct CommandFailed: Error, CustomStringConvertible {
  public let command: String
  public let result: ChildProcess.Result

  public var description: String { "\(command) ended with \(result.status): \(result.errors)" }
}
