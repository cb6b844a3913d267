import Diagnostics
import FoundationEssentials
import Operations

/// The figures of a change in a file that `purser plan BASE..HEAD -o json --out FILE` wrote where the store is.
enum PlanFile {
  /// - Returns: the impact by measure.
  /// - Throws: a `Diagnostic` for a file that is none, and for one about another change.
  static func impact(_ path: String, from base: String, to head: String) throws(Diagnostic) -> [String: Int64] {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw Diagnostic(
        "impact.unreadable", "'\(path)' cannot be read", hint: "give the file that 'purser plan --out' wrote")
    }
    let json: JSONValue
    do throws(JSONProblem) { json = try .parse([UInt8](content)) } catch {
      throw Diagnostic("impact.not_a_plan", "'\(path)' is not JSON: \(error.message)", hint: hint(base, head, path))
    }
    guard let measures = json["impact"]?["measures"]?.object?.compactMapValues(\.integer), !measures.isEmpty,
      measures.values.allSatisfy({ $0 >= 0 })
    else {
      throw Diagnostic("impact.not_a_plan", "'\(path)' is not the plan of a change", hint: hint(base, head, path))
    }
    let (from, to) = (json["base"]?["commit"]?.string, json["head"]?["commit"]?.string)
    guard from == base, to == head else {
      throw Diagnostic(
        "impact.other_change",
        "'\(path)' is for the change from \((from ?? "nothing").prefix(10)) to \((to ?? "nothing").prefix(10))",
        hint: hint(base, head, path))
    }
    return measures
  }

  private static func hint(_ base: String, _ head: String, _ path: String) -> String {
    "where the store is: purser plan \(base.prefix(10))..\(head.prefix(10)) --store ops.db -o json --out \(path)"
  }
}
