import HoldfastAPI
import HoldfastCore
import HoldfastRuntime
import HoldfastTestKit

/// Follows the events of a session's responses and checks what their readers rely on.
struct ResponseWitness {
    private static let terminal: Set<String> = ["response.completed", "response.incomplete", "response.failed"]

    private let projection = ResponsesProjection()
    /// The items of the response that is being shown, and whether each is open; `nil` when there is none.
    private var items: [String: Bool]?

    mutating func observe(
        _ event: SessionEvent, _ before: SessionState, _ after: SessionState, _ violations: inout Violations
    ) {
        var frames: [StreamFrame] = []
        projection.project(event, before: before, after: after, at: after.lastActiveAt, into: &frames)
        for frame in frames { observe(frame, &violations) }
        let isActive = after.activeTurn?.request != nil
        violations.require(
            isActive == (items != nil), "a response is shown for as long as it works", "seq \(after.seq)")
    }

    private mutating func observe(_ frame: StreamFrame, _ violations: inout Violations) {
        guard let json = try? JSONParser.parse(frame.openData + Array("}".utf8)) else {
            return violations.require(false, "an event is JSON", frame.id)
        }
        if frame.name == "response.created" {
            violations.require(items == nil, "one response at a time", frame.id)
            items = [:]
        }
        guard items != nil else { return violations.require(false, "nothing outside of a response", frame.name) }
        let item = json["item"]?["id"]?.string ?? json["item_id"]?.string
        switch frame.name {
        case "response.output_item.added":
            violations.require(item.map { items?[$0] == nil } ?? false, "an item begins once", frame.id)
            items?[item ?? ""] = true
        case "response.output_item.done":
            violations.require(items?[item ?? ""] == true, "an item that began ends once", frame.id)
            items?[item ?? ""] = false
        case _ where Self.terminal.contains(frame.name):
            violations.require(items?.values.contains(true) == false, "all items end with the response", frame.id)
            items = nil
        default:
            if let item { violations.require(items?[item] == true, "pieces belong to an open item", frame.name) }
        }
    }
}
