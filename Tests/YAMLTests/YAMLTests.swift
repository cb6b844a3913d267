import Diagnostics
import Testing
import YAML

@Suite struct YAMLTests {
  @Test func documentsKeepPlacesAndText() throws {
    let tree = try YAMLTree.parse(Array("a: 1\n---\nb: [x, 'no']\n".utf8), file: "f")
    #expect(tree.documents.count == 2)
    let list = Array(tree.children(tree.documents[1]))[1]
    let items = Array(tree.children(list))
    #expect(items.map(tree.string) == ["x", "no"])
    #expect(tree.location(items[1]).description == "f:3:8")
    #expect(!tree.looksLikeAnotherType(items[1]))
  }

  @Test func aByteOrderMarkIsNoColumn() throws {
    let tree = try YAMLTree.parse([0xEF, 0xBB, 0xBF] + Array("a: 1\n".utf8), file: "f")
    #expect(tree.location(try #require(tree.firstChild(of: tree.documents[0]))).description == "f:1:1")
  }

  /// Everything else that is wrong with two resources in one follows from the line that is missing.
  @Test func aMissingDividerIsOneProblem() {
    let text = "kind: A\nname: a\nkind: B\nname: b\nkind: C\nname: c\n---\nkind: D\n"
    let (tree, problems) = YAMLTree.read(Array(text.utf8), file: "f")
    #expect(problems.map(\.location?.description) == ["f:3:1"])
    #expect(problems.first?.hint?.contains("---") == true)
    #expect(tree.documents.count == 1)
  }

  /// Few or many, and also where the same letter is spelled in two ways.
  @Test(arguments: [2, 100], [("k1", "k1"), ("e\u{301}", "\u{E9}"), ("K", "\u{212A}")])
  func aKeyThatStandsTwiceIsRefused(count: Int, pair: (String, String)) {
    let others = (2..<count).map { "k\($0): 1\n" }.joined()
    let (_, problems) = YAMLTree.read(Array("\(pair.0): 1\n\(others)\(pair.1): 2\n".utf8), file: "f")
    #expect(problems.map(\.id) == ["yaml.duplicate_key"])
  }
}
