import DesiredStateFiles
import Diagnostics

extension DecodedFile {
  /// A file of this text alone.
  init(text: String, path: String = "f.yaml") {
    self.init(decoding: SourceFile(path: path, bytes: Array(text.utf8)))
  }
}

extension LoadedState {
  /// A repository of one file.
  init(text: String) { self.init(files: [DecodedFile(text: text)]) }

  /// A file, `f.yaml`, beside those of a small company that resources of a test may name.
  init(inCompany text: String) {
    self.init(files: [DecodedFile(text: text), DecodedFile(text: Self.company, path: "company.yaml")])
  }

  private static let company = """
    kind: Repository
    name: shop
    schema_version: 1
    currency: EUR
    ---
    kind: AllocationTier
    name: t
    rank: 1
    rule: fair_share
    ---
    kind: AllocationTier
    name: u
    rank: 2
    ---
    kind: ProductClass
    name: c
    ---
    kind: Node
    name: dc
    type: dc
    region: north
    ---
    kind: Supplier
    name: mill
    lead_time: 5d
    confidence: 90%
    ---
    kind: Carrier
    name: post

    """
}
