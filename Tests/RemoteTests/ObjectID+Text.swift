import Git
import Testing

/// The id that `git` printed.
func id(_ text: some StringProtocol) throws -> ObjectID { try #require(ObjectID(String(text))) }
