import Diagnostics

/// Text from outside for a code span or a code block of Markdown, in a table or not: there forges read neither mentions nor
/// links nor HTML, and what could end it, break the line, hide or turn the text round is shown as an escape.
func codeText(_ text: String) -> String {
  if text.isEmpty { return "\"\"" }
  return escaped(text) { scalar in
    switch scalar {
    case "`", "|", "<", "\\": false
    default:
      switch scalar.properties.generalCategory {
      case .privateUse, .unassigned: false
      default: scalar.isShownAsItIs
      }
    }
  }
}
