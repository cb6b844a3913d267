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

  @Test func manyKeysAreStillChecked() {
    let keys = (0..<100).map { "k\($0): 1\n" }.joined() + "k50: 2\n"
    #expect(throws: (any Error).self) { try YAMLTree.parse(Array(keys.utf8), file: "f") }
  }
}
