import Operations

/// The open cases of an item, by what they are about: a popular item may have as many as it has orders.
struct CaseBook {
  /// What cases are about, byte by byte.
  enum SubjectKind {}

  private var bySubject: [Identifier<SubjectKind>: [Case]] = [:]

  init(_ cases: [Case]) {
    for one in cases { bySubject[Identifier(one.subject), default: []].append(one) }
  }

  subscript(kind: Case.Kind, subject: String) -> Case? {
    bySubject.isEmpty ? nil : bySubject[Identifier(subject)]?.first { $0.kind == kind }
  }
}
