import Operations

/// A number, or several, in the shape of the published result.
enum TextbookAnswer {
  case number(Double)
  case numbers([Double])
  case answers([TextbookAnswer])

  var json: JSONValue {
    switch self {
    case .number(let value): value.isFinite ? .decimal("\(value)") : .null
    case .numbers(let values): .array(values.map { TextbookAnswer.number($0).json })
    case .answers(let answers): .array(answers.map(\.json))
    }
  }

  var isFinite: Bool {
    switch self {
    case .number(let value): value.isFinite
    case .numbers(let values): values.allSatisfy(\.isFinite)
    case .answers(let answers): answers.allSatisfy(\.isFinite)
    }
  }
}

/// Solves one instance.
/// - Throws: for a function that is not known, arguments that it does not take and answers that are not finite.
func textbookAnswer(_ function: String, _ arguments: TextbookArguments) throws(TextbookProblem) -> TextbookAnswer {
  var answer = try economicOrderQuantityAnswer(function, arguments)
  if answer == nil { answer = try newsvendorAnswer(function, arguments) }
  if answer == nil { answer = try reorderPointAnswer(function, arguments) }
  if answer == nil { answer = try orderUpToAnswer(function, arguments) }
  if answer == nil { answer = try lossAnswer(function, arguments) }
  guard let answer else { throw TextbookProblem("the function \(function) is not supported") }
  guard answer.isFinite else { throw TextbookProblem("there is no finite answer to these arguments") }
  return answer
}
