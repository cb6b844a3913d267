public import Diagnostics
import Glibc

/// Bytes that arrive piece by piece: a file, standard input or, in tests, an array.
public struct ByteSource {
  /// The largest piece that is read at once: what bounds the memory of an import.
  public static let pieceBytes = 64 << 10

  /// What errors call it: the path as given, or `<stdin>`.
  public let name: String
  private let read: () throws(Diagnostic) -> [UInt8]

  /// Opens a file; `-` is standard input.
  /// - Parameter isInterrupted: asked before each piece, because a line may never end; when true, the input ends.
  public init(path: String, isInterrupted: @escaping () -> Bool = { false }) throws(Diagnostic) {
    if path == "-" {
      let file = OpenFile(descriptor: 0, name: "<stdin>", isOwned: false)
      self.init(name: file.name) { () throws(Diagnostic) in isInterrupted() ? [] : try file.next() }
      return
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Diagnostic(
        "import.cannot_open", "'\(path)' cannot be opened: \(String(cString: strerror(errno)))",
        hint: "check the path; '-' reads standard input")
    }
    let file = OpenFile(descriptor: descriptor, name: path, isOwned: true)
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw Diagnostic("import.cannot_open", "'\(path)' is a folder", hint: "give the files in it")
    }
    self.init(name: path) { () throws(Diagnostic) in isInterrupted() ? [] : try file.next() }
  }

  /// Gives `bytes` in pieces of a chosen size.
  public init(_ bytes: [UInt8], name: String, pieceBytes: Int = pieceBytes) {
    var rest = bytes[...]
    self.init(name: name) { () throws(Diagnostic) in
      defer { rest = rest.dropFirst(pieceBytes) }
      return Array(rest.prefix(pieceBytes))
    }
  }

  private init(name: String, read: @escaping () throws(Diagnostic) -> [UInt8]) {
    self.name = name
    self.read = read
  }

  /// The next piece; empty at the end.
  func next() throws(Diagnostic) -> [UInt8] { try read() }
}

/// An open descriptor, closed with its last owner.
private final class OpenFile {
  let descriptor: Int32
  let name: String
  let isOwned: Bool

  init(descriptor: Int32, name: String, isOwned: Bool) {
    self.descriptor = descriptor
    self.name = name
    self.isOwned = isOwned
  }

  deinit { if isOwned { close(descriptor) } }

  func next() throws(Diagnostic) -> [UInt8] {
    var failure: Int32 = 0
    let piece = [UInt8](unsafeUninitializedCapacity: ByteSource.pieceBytes) { buffer, count in
      let got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if got < 0 { failure = errno }
      count = max(0, got)
    }
    // A signal ends the input as if it were the end of the file: what was read so far is kept.
    guard failure == 0 || failure == EINTR else {
      throw Diagnostic("import.cannot_read", "'\(name)' cannot be read: \(String(cString: strerror(failure)))")
    }
    return piece
  }
}
