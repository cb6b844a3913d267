import Digest
import Operations

extension Company {
  /// The files of the company's repository: each holds one kind.
  var files: [String: String] {
    var files = [
      "README.md": "Remark \(remark)\n",
      "state/purser.yaml":
        "kind: Repository\nname: acme\nschema_version: 1\ncurrency: EUR\nmode: \(modeField)\n"
        + (guards?.fields ?? ""),
      "state/governance/people.yaml": people, "state/governance/roles.yaml": roles,
      "state/governance/rules.yaml": rules,
      "state/catalog/classes.yaml": "kind: ProductClass\nname: launch\nmatch: {season: launch}\n",
      "state/channels/channels.yaml": documents(channels.flatMap(\.documents)),
      "state/allocation/tiers.yaml": documents(tiers.documents),
      "state/network/nodes.yaml": documents(
        nodes.map { node in
          "kind: Node\nname: \(node.name)\ntype: dc\nregion: here\nstatus: \(node.isActive ? "active" : "paused")\n"
            + "minimum_stock: \(node.minimumStock)" + node.capacityFields
            + (node.receiving.map { "\nreceiving_time: \($0)h" } ?? "")
            + (node.pastDue.map { "\npast_due_after: \($0)d" } ?? "")
        }),
      "state/network/suppliers.yaml": documents(World.suppliers.map(supplier)),
      "state/integrations/erp.yaml": "kind: Integration\nname: erp\nsource: \(supplySource)\n"
        + "owns: [purchase_order.confirmed, purchase_order.received]\n",
    ]
    if !protections.isEmpty {
      files["state/allocation/protections.yaml"] = documents(
        protections.enumerated().map { index, protection in
          "kind: Protection\nname: p\(index)\nchannel: \(protection.channel)\n\(protection.amount.protectionField)"
            + (protection.inbound.map { "\npercent_of_inbound: \($0)%" } ?? "") + protection.target.fields
            + (protection.region.map { "\nregion: \($0)" } ?? "")
            + effective(protection.window)
        })
    }
    if !safetyStock.isEmpty {
      files["state/inventory/safety.yaml"] = documents(
        safetyStock.enumerated().map { index, rule in
          "kind: SafetyStock\nname: s\(index)\nunits: \(rule.units)" + (rule.node.map { "\nnode: \($0)" } ?? "")
            + (rule.region.map { "\nregion: \($0)" } ?? "") + rule.target.fields + effective(rule.window)
        })
    }
    files.merge(shipping.files) { own, _ in own }
    files.merge(regionFiles) { own, _ in own }
    if !fallbacks.isEmpty { files["state/inventory/fallbacks.yaml"] = documents(fallbackDocuments) }
    let releases = channels.compactMap { channel in
      channel.releaseAbove.map {
        "kind: ReleaseRule\nname: \(channel.name)\nchannel: \(channel.name)\nabove_units: \($0)\nrole: owner"
      }
    }
    if !releases.isEmpty { files["state/allocation/releases.yaml"] = documents(releases) }
    if !replenishment.isEmpty {
      files["state/replenishment/policies.yaml"] = documents(
        replenishment.enumerated().map { index, rule in
          "kind: ReplenishmentPolicy\nname: r\(index)\nsupplier: mill\nnode: \(node(of: rule))" + rule.target.fields
            + (rule.region.map { "\nregion: \($0)" } ?? "")
            + "\nservice: {\(rule.fill ? "fill" : "cycle"): 90%}\nvelocity_window: \(rule.windowDays)d"
            + "\nminimum_order: \(rule.minimum)\norder_multiple: \(rule.multiple)"
            + (rule.period.map { "\nreview: periodic\nperiod: \($0)d" } ?? "")
        })
    }
    if !backorders.isEmpty { files["state/fulfillment/backorders.yaml"] = documents(backorderDocuments) }
    if !driftDocuments.isEmpty { files["state/channels/drift.yaml"] = documents(driftDocuments) }
    if let fault { files["state/channels/fault.yaml"] = fault.text }
    return files
  }

  /// Both are learnt from alike, so that what one delivers says something of the other where their pasts are pooled.
  private func supplier(_ name: String) -> String {
    "kind: Supplier\nname: \(name)\nlead_time: 5d\nconfidence: \(confidence)%"
      + (learns
        ? "\nlearning: {half_life: 7d, grace: 1h\(learnsDaily ? ", prior: pooled, lead_time: true" : "")}\n"
          + "past_due_after: 3d" : "")
  }

  private var people: String {
    documents(
      ([.ada, .ben] + (knowsCara ? [.cara] : [])).map { (signer: Signer) in
        "kind: Person\nname: \(signer)\nemail: \(signer)@acme.example\nkeys: [\"\(signer.publicKey)\"]"
      }
        + ((review == nil ? [] : Self.leads) + (guards == nil ? [] : Self.wardens)).map { name in
          "kind: Person\nname: \(name)\nemail: \(name)@acme.example\n"
            + "keys: [\"\(Simulation.key(of: name)?.publicKey.description ?? "")\"]"
        })
  }

  private var roles: String {
    documents(
      ["kind: Role\nname: owner\npeople: [ada]\nkinds: [\"*\"]\npaths: [\"**\"]"]
        + (benIsMerchant
          ? [
            "kind: Role\nname: merchant\npeople: [ben]\nkinds: [Channel, Protection, ReleaseRule]\n"
              + "paths: [\"state/channels/**\", \"state/allocation/**\"]"
          ] : [])
        + (review == nil
          ? [] : ["kind: Role\nname: lead\npeople: [lars, lena, lola]\nkinds: []\npaths: [\"**\"]"])
        + (guards == nil
          ? []
          : ["kind: Role\nname: warden\npeople: [\(Self.wardens.joined(separator: ", "))]\nkinds: []\npaths: [\"**\"]"])
    )
  }

  private var rules: String {
    documents(
      ["kind: ApprovalRule\nname: start\nkinds: [\"*\"]\nreview: none"]
        + (reviewsSuppliers ? ["kind: ApprovalRule\nname: supply\nkinds: [Supplier]\nreview: {owner: 1}"] : [])
        + (review?.rules ?? []))
  }
}

private func documents(_ all: [String]) -> String { all.joined(separator: "\n---\n") + "\n" }

func effective(_ window: Window?) -> String {
  guard let window else { return "" }
  let ends = [("from", window.from), ("until", window.until)].compactMap { name, end in end.map { "\(name): \($0)" } }
  return "\neffective: {\(ends.joined(separator: ", "))}"
}

extension Company.Node {
  /// The time is half a unit more than what it holds.
  fileprivate var capacityFields: String {
    guard let capacity else { return "" }
    guard let handling else { return "\nlabour_capacity: \(capacity)" }
    return "\nlabour_time: \(capacity * handling + handling / 2)s\nhandling_time: \(handling)s"
  }
}

extension Company.Amount {
  fileprivate var protectionField: String {
    switch self {
    case .units(let units): "units: \(units)"
    case .percent(let percent): "percent_of_on_hand: \(percent)%"
    }
  }
}

extension Company.Target {
  var fields: String {
    switch self {
    case .everything: ""
    case .launch: "\nclass: launch"
    case .brand: "\nbrand: north"
    case .businessUnit: "\nbusiness_unit: retail"
    case .item(let sku): "\nsku: \(sku)"
    }
  }
}

extension Company.Cap {
  fileprivate var field: String {
    switch amount {
    case .units(let units): "cap: {units: \(units), window: \(hours)h}"
    case .percent(let percent): "cap: {percent_of_available: \(percent)%, window: \(hours)h}"
    }
  }
}

extension Company.Channel {
  fileprivate var documents: [String] {
    var base = "kind: Channel\nname: \(name)\ntype: dtc\ntier: t\(tier)\nmay_use_shared: \(mayUseShared)\n"
    base += "exposure: \(exposure)%\nmin_publish: \(minPublish)" + effective(window)
    if let maxPublish { base += "\nmax_publish: \(maxPublish)" }
    base += "\nreserve_at: \(terms.reserveAt.rawValue)"
    if let span = terms.holdTTL { base += "\nhold_ttl: \(span)" }
    if let span = terms.reserveAhead { base += "\nreserve_ahead: \(span)" }
    if let cap { base += "\n" + cap.field }
    if let backorder {
      base += "\nbackorder: {\((["accept: true"] + backorder.fields).joined(separator: ", "))}"
    }
    base += shareField
    switch buffer {
    case nil: break
    case .fixed(let units): base += "\nbuffer: {mode: fixed, units: \(units)}"
    case .latency(let minutes): base += "\nbuffer: {mode: latency_poisson, risk: 1%, latency: \(minutes)m}"
    }
    let overlays = [
      (launchCap, "{class: launch}"), (brandCap, "{brand: north}"), (itemCap, "{sku: \(World.skus[0])}"),
      (regionCap?.cap, "{region: \(regionCap?.region ?? "")}"),
    ]
    let surge = surge.map { surge in
      "kind: Channel\nname: \(name)\ntype: dtc\ntier: t\(tier)\n" + surge.cap.field + effective(surge.window)
    }
    return [base] + (surge.map { [$0] } ?? [])
      + overlays.compactMap { cap, scope in cap.map { "kind: Channel\nname: \(name)\nscope: \(scope)\n" + $0.field } }
  }
}

extension Company.Fault {
  fileprivate var text: String {
    switch self {
    case .unknownField: "kind: AllocationTier\nname: spare\nrank: 9\nrnak: 1\n"
    case .missingReference: "kind: Protection\nname: spare\nchannel: nowhere\nunits: 1\n"
    case .notYAML: "kind: [\n"
    }
  }
}

extension Signer {
  var publicKey: String { Simulation.key(of: rawValue)?.publicKey.description ?? "" }
}
