public import Operations

extension Impact {
  /// What it does now, each list in its order, with the largest measures of now and later; of channels those that change.
  public var json: JSONValue {
    [
      "measures": measures.json, "channels": .array(channels.filter(\.isChanged).map(\.json)),
      "orders": .array(orders.map(\.json)),
      "promises": .array(promises.map(\.json)), "crossings": .array(crossings.map(\.json)),
      "stranded": .array(stranded.map(\.json)),
    ]
  }

  /// The same, and what it will do when windows open and close.
  public var jsonOverTime: JSONValue {
    var members = json.object ?? [:]
    members["measures_now"] = measuresNow.json
    members["later"] = .array(
      later.map { later in
        var members = later.impact.json.object ?? [:]
        members["at"] = .string(later.at.description)
        return .object(members)
      })
    members["unseen_moments"] = .integer(Int64(unseenMoments))
    return .object(members)
  }
}

extension ChannelImpact {
  var json: JSONValue {
    [
      "channel": .string(channel.rawValue), "available_before": .integer(availableBefore),
      "available_after": .integer(availableAfter), "published_before": .integer(publishedBefore),
      "published_after": .integer(publishedAfter), "items_changed": .integer(items),
      "units_lost": .integer(unitsLost), "units_gained": .integer(unitsGained), "skus_to_zero": .integer(skusToZero),
      "skus_from_zero": .integer(skusFromZero),
    ]
  }
}

extension OrderImpact {
  var json: JSONValue {
    [
      "order": .string(order.rawValue), "channel": .string(channel.rawValue), "units_lost": .integer(unitsLost),
      "units_gained": .integer(unitsGained), "value_lost": .integer(valueLost), "value_gained": .integer(valueGained),
      "lines": .array(
        lines.map {
          [
            "line": .string($0.line), "sku": .string($0.sku.rawValue), "units_before": .integer($0.before),
            "units_after": .integer($0.after), "unit_price": JSONValue($0.unitPrice),
          ]
        }),
    ]
  }
}

extension PromiseImpact {
  var json: JSONValue {
    [
      "order": .string(order.rawValue), "line": .string(line), "sku": .string(sku.rawValue),
      "channel": .string(channel.rawValue), "from": JSONValue(from?.description), "to": JSONValue(to?.description),
      "later": .bool(isLater),
    ]
  }
}

extension StockCrossing {
  var json: JSONValue {
    [
      "sku": .string(sku.rawValue), "channel": .string(channel.rawValue),
      "available_before": .integer(availableBefore), "available_after": .integer(availableAfter),
      "published_before": .integer(publishedBefore), "published_after": .integer(publishedAfter),
    ]
  }
}

extension StrandedUnits {
  var json: JSONValue {
    ["sku": .string(sku.rawValue), "units_before": .integer(before), "units_after": .integer(after)]
  }
}
