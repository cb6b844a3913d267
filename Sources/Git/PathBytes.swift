/// Names of files are bytes to git, and text here. In a name that is not UTF-8 each byte above ASCII stands as a NUL, which
/// no name holds, and its two hexadecimal digits: two names are never one, and the bytes can be had back.
extension String {
  /// A path or a name as libgit2 gives it.
  init(gitPath path: UnsafePointer<CChar>) {
    if let text = String(validatingCString: path) {
      self = text
      return
    }
    let bytes = UnsafeBufferPointer(start: path, count: Self.length(path)).map(UInt8.init(bitPattern:))
    self = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { name in
      if let text = String(validating: name, as: UTF8.self) { return text }
      return name.reduce(into: "") { text, byte in
        text += byte < 0x80 ? String(UnicodeScalar(byte)) : "\0" + String(byte, radix: 16)
      }
    }.joined(separator: "/")
  }

  /// The same bytes again, with a zero at their end.
  var gitPath: [CChar] {
    var bytes: [CChar] = []
    var rest = utf8[...]
    while let byte = rest.popFirst() {
      if byte == 0, rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        bytes.append(CChar(bitPattern: value))
        rest = rest.dropFirst(2)
      } else {
        bytes.append(CChar(bitPattern: byte))
      }
    }
    return bytes + [0]
  }

  private static func length(_ text: UnsafePointer<CChar>) -> Int {
    var length = 0
    while text[length] != 0 { length += 1 }
    return length
  }
}
