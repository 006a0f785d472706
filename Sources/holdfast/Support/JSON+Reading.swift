import HoldfastCore

/// Lenient access to what a server answered: a missing text shows as a dash, not as a crash.
extension JSON {
    /// A member's text, or a dash.
    func text(_ name: String) -> String { Text.safe(self[name]?.string ?? "–") }

    /// A member's number, or 0.
    func number(_ name: String) -> Int64 { self[name]?.integer ?? 0 }

    /// The elements of a member that is an array.
    func list(_ name: String) -> [JSON] { self[name]?.array ?? [] }

    /// The texts of a message's content parts.
    var contentText: String { list("content").compactMap { $0["text"]?.string }.joined(separator: "\n") }
}
