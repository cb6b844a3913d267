import Operations
import Testing

@Suite struct ActionTests {
  static let grant = Grant(protected: 3, capLeft: 5, mayUseShared: false)

  static let fallback = FallbackState(rules: ["a"], share: .percent(50), isFrozen: true, since: Instant(hour: 3))

  @Test func aFallbackReadsAsItWasWritten() throws {
    #expect(FallbackState(json: try JSONValue.parse(Self.fallback.json.canonical)) == Self.fallback)
    #expect(FallbackState(json: ["rules": ["a"], "share": "150%", "frozen": true, "since": "now"]) == nil)
    #expect(
      Self.fallback.openCase(.node("n"))
        == Case(
          .fallbackActive, subject: "node n", detail: "50% of its free stock counts, and grants do not rise (a)"))
  }

  /// Taking back what takes back is the action itself; what cannot be taken back so has no inverse.
  @Test(
    arguments: [
      (.setNode("n", isActive: true, was: false), .reversible), (.setSafetyStock("A", "n", 3, was: 1), .reversible),
      (.setGrant("A", "web", grant, was: Grant(protected: 1)), .reversible), (.setShared("A", 4, was: -2), .reversible),
      (.setFallback(.node("n"), fallback, was: nil), .reversible),
      (.setFallback(.supplier("s"), nil, was: fallback), .reversible), (.publish("A", "web", 4, was: 7), .compensable),
      (.openCase("A", Case(.shortage, subject: "o/1", detail: "1 unit")), .reversible),
    ] as [(Action, Action.EffectClass)])
  func isUndoneByItsInverse(action: Action, effectClass: Action.EffectClass) throws {
    let inverse = try #require(action.inverse)
    #expect(inverse != action && inverse.inverse == action && inverse.sku == action.sku)
    #expect(action.effectClass == effectClass)
  }

  @Test func whatWasNeverSetHasNoInverse() {
    #expect(Action.setGrant("A", "web", Self.grant, was: nil).inverse == nil)
    #expect(Action.publish("A", "web", 4, was: nil).inverse == nil)
    let claim = PlannedClaim(order: "o", line: "1", channel: "web", pool: .shared, quantity: 1)
    #expect(Action.claim("A", claim).inverse == nil)
  }
}
