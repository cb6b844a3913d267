import ActualState
import Operations
import Testing

/// What both stores must do; see `Store`.
@Suite struct TransactionTests {
  private struct Stop: Error {}

  @Test(arguments: StoreKind.allCases) func aThrowUndoesEverything(_ kind: StoreKind) throws {
    try kind.with { store in
      try fill(store, seed: 1, steps: 60)
      let before = try store.dump()
      #expect(throws: Stop.self) {
        try store.transaction {
          try fill(store, seed: 2, steps: 60)
          throw Stop()
        }
      }
      #expect(try store.dump() == before)
      // What was taken back is free to be given again.
      try fill(store, seed: 3, steps: 60)
      #expect(try store.dump() != before)
    }
  }

  @Test(arguments: StoreKind.allCases) func aThrowInsideUndoesOnlyTheInside(_ kind: StoreKind) throws {
    try kind.with { store in
      try store.transaction {
        try store.set(.version, "1")
        try store.addItem("A")
        #expect(throws: Stop.self) {
          try store.transaction {
            try store.set(.version, "2")
            try store.set(.refused, "x")
            try store.addItem("B")
            try store.setActive("north", true)
            throw Stop()
          }
        }
        #expect(try store.value(.version) == "1")
        #expect(try store.value(.refused) == nil)
        #expect(try store.item("B") == nil)
        try store.transaction { try store.addItem("C") }
        try store.setActive("south", true)
      }
      #expect(try store.value(.version) == "1")
      #expect(try store.snapshot(.all).items.sku == ["A", "C"])
      #expect(try store.snapshot(.all).nodes == ["south"])
    }
  }

  @Test(arguments: StoreKind.allCases) func theOutsideUndoesWhatTheInsideKept(_ kind: StoreKind) throws {
    try kind.with { store in
      #expect(throws: Stop.self) {
        try store.transaction {
          try store.transaction {
            try store.addItem("A")
            try store.set(.version, "7")
          }
          throw Stop()
        }
      }
      let (item, version) = (try store.item("A"), try store.value(.version))
      #expect(item == nil)
      #expect(version == nil)
    }
  }

  @Test(arguments: StoreKind.allCases) func aTransactionReturnsWhatItsBodyDoes(_ kind: StoreKind) throws {
    try kind.with { store in
      let result = try store.transaction {
        try store.set(.version, "4")
        return try store.transaction { try store.version() + 1 }
      }
      #expect(result == 5)
      #expect(try store.version() == 4)
      try store.set(.version, nil)
      #expect(try store.version() == 0)
    }
  }

  @Test func aCopyOfTheStateStandsForWhatSurvivesACrash() throws {
    let store = InMemoryStore()
    try fill(store, seed: 4, steps: 80)
    let (saved, before) = (store.state, try store.dump())
    try fill(store, seed: 5, steps: 80)
    #expect(try store.dump() != before)
    store.state = saved
    #expect(try store.dump() == before)
  }
}
