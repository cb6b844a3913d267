internal import Clibgit2

extension Repository {
  /// Whether an object of any type is there, looked up anew.
  public func contains(_ id: ObjectID) -> Bool {
    var oid = id.oid
    return git_odb_exists(database, &oid) == 1
  }

  /// The size in bytes of an object, without reading it.
  public func size(of id: ObjectID) throws(GitError) -> Int {
    var oid = id.oid
    var length = 0
    var type = git_object_t(rawValue: 0)
    try checkRead(git_odb_read_header(&length, &type, database, &oid), of: "object", id)
    return length
  }

  /// The content of an object; for a file, its bytes.
  public func blob(_ id: ObjectID) throws(GitError) -> [UInt8] {
    var oid = id.oid
    var object: OpaquePointer?
    try checkRead(git_odb_read(&object, database, &oid), of: "object", id)
    defer { git_odb_object_free(object) }
    return Array(UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
  }

  /// Stores a file's bytes, synced to disk.
  public func writeBlob(_ content: [UInt8]) throws(GitError) -> ObjectID {
    var oid = git_oid()
    try check(git_blob_create_from_buffer(&oid, handle, content, content.count), "cannot write a file")
    return ObjectID(oid)
  }
}
