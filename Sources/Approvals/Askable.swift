import Operations

/// The people who could be asked to fill some roles.
struct Askable {
  /// By role, as `lead: carol, dan; owner: nobody available`.
  let words: String
  let people: Set<String>

  /// - Parameters:
  ///   - needed: the roles, in the order in which they are named.
  ///   - roles: of everyone whose word can count.
  ///   - isLeftOut: whether somebody cannot be asked, whatever their roles.
  ///   - name: how somebody is named.
  init(
    _ needed: [String], _ roles: [String: Set<String>], except isLeftOut: (String) -> Bool,
    named name: (String) -> String = { $0 }
  ) {
    var all = Set<String>()
    words = needed.map { role in
      let people = roles.filter { $0.value.contains(role) && !isLeftOut($0.key) }.keys
        .sorted { $0.isBytewiseLess(than: $1) }
      all.formUnion(people)
      return "\(role): " + (people.isEmpty ? "nobody available" : people.map(name).joined(separator: ", "))
    }.joined(separator: "; ")
    people = all
  }
}
