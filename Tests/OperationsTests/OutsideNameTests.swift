import Operations
import Testing

/// Which texts can be names from outside, and what is said of those that cannot.
@Suite struct OutsideNameTests {
  @Test(arguments: [
    "A", "BANK CHARGES", "Äpfel", "e\u{301}", "商品-1", "א-1", "/erp", "a#b:c/d", "~", "👟",
    String(repeating: "x", count: Limits.nameBytes),
  ]) func isAName(_ text: String) { #expect(text.nameProblem == nil) }

  @Test(arguments: [
    ("", "1 to 200 bytes"), (String(repeating: "x", count: 201), "1 to 200 bytes"), ("a\u{7}", "control characters"),
    ("a\u{85}", "control characters"), ("a\n", "control characters"), ("   ", "a blank (U+0020 SPACE)"),
    (" A", "begin or end with a blank (U+0020 SPACE)"), ("A\u{A0}", "a blank (U+00A0 NO-BREAK SPACE)"),
    ("\u{3000}", "a blank (U+3000 IDEOGRAPHIC SPACE)"),
    ("A\u{2003}B", "U+2003 EM SPACE, which looks like another blank"),
    ("A\u{200B}B", "U+200B ZERO WIDTH SPACE, which nobody can see"),
    ("\u{202E}A", "U+202E RIGHT-TO-LEFT OVERRIDE, which nobody can see"),
    ("\u{FEFF}A", "U+FEFF ZERO WIDTH NO-BREAK SPACE, which nobody can see"),
    ("A\u{AD}B", "U+00AD SOFT HYPHEN, which nobody can see"), ("A\u{200D}B", "U+200D ZERO WIDTH JOINER"),
    ("A\u{2066}B", "U+2066"), ("A\u{E0041}B", "U+E0041"), ("A\u{2028}B", "U+2028"), ("A\u{3164}B", "U+3164"),
    ("A\u{FE0F}B", "U+FE0F"), ("A\u{2800}B", "U+2800"), ("A\u{180E}B", "U+180E"), ("A\u{61C}B", "U+061C"),
  ]) func isNone(text: String, words: String) {
    let problem = text.nameProblem
    #expect(problem?.contains(words) == true, "\(problem ?? "none")")
  }

  /// Words for people may join letters and emoji, and use the blanks of their language.
  @Test func wordsHideNothing() {
    for text in ["", "l’été\u{202F}!", "می\u{200C}خواهم", "👩\u{200D}🔧", "a b"] { #expect(text.hiddenCharacter == nil) }
    #expect("a\u{202E}b".hiddenCharacter == "U+202E RIGHT-TO-LEFT OVERRIDE")
    #expect("a\u{FEFF}b".hiddenCharacter == "U+FEFF ZERO WIDTH NO-BREAK SPACE")
  }
}
