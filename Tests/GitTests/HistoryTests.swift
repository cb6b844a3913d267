import Git
import TestSupport
import Testing

@Suite struct HistoryTests {
  private let scratch: ScratchFolder
  private let git: GitCommand
  private let repository: Repository

  init() throws {
    scratch = try ScratchFolder()
    git = try GitCommand.initialise(scratch)
    repository = try Repository(path: git.folder)
  }

  private func commit(_ message: String) throws -> ObjectID { try id(try git.commitAll(message)) }

  @Test func aMergeIsOneStep() throws {
    let root = try commit("Root")
    try git("checkout", "-q", "-b", "side")
    let side = try commit("Side")
    try git("checkout", "-q", "main")
    let main = try commit("Main")
    try git("merge", "-q", "--no-ff", "-m", "Merge", "side")
    let merge = try id(try git("rev-parse", "HEAD"))
    #expect(try repository.firstParentLine(from: nil, to: merge) == [root, main, merge])
    #expect(try repository.firstParentLine(from: main, to: merge) == [merge])
    #expect(try repository.firstParentLine(from: merge, to: merge) == [])
    #expect(try repository.firstParentLine(from: side, to: merge) == nil, "it came in by the second parent")
    #expect(try repository.isAncestor(side, of: merge) && !repository.isAncestor(merge, of: side))
  }

  @Test func rewrittenAndUnrelatedHistoryIsNil() throws {
    let root = try commit("Root")
    let old = try commit("Old")
    try git("reset", "-q", "--hard", "\(root)")
    let new = try commit("New")
    #expect(try repository.firstParentLine(from: old, to: new) == nil)
    try git("checkout", "-q", "--orphan", "other")
    let unrelated = try commit("Unrelated")
    #expect(try repository.firstParentLine(from: root, to: unrelated) == nil)
    #expect(try !repository.isAncestor(root, of: unrelated))
  }

  @Test func aShallowCloneIsSaidToBeIncomplete() throws {
    for number in 0..<3 { _ = try commit("Number \(number)") }
    try git("clone", "-q", "--depth", "1", "file://\(git.folder)", scratch.path("shallow"))
    let shallow = try Repository(path: scratch.path("shallow"))
    let head = try #require(try shallow.reference("refs/heads/main"))
    let error = #expect(throws: GitError.self) { try shallow.firstParentLine(from: nil, to: head) }
    #expect(error?.kind == .damaged && error?.message.contains("shallow") == true)
  }
}
