extension Schema {
  /// Decisions are explained by the policy that they were made by.
  static let decidingPolicies = """
    ALTER TABLE routes ADD COLUMN policy TEXT; -- a commit; NULL: made before this step
    ALTER TABLE promises ADD COLUMN policy TEXT; -- likewise
    """
}
