/// A secret's value, which no description, dump or interpolation shows.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The value itself, for the one place that sends it.
    let value: String

    public init(_ value: String) { self.value = value }

    public var description: String { "[secret]" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// A text without this secret: providers quote keys in error messages.
    func redacted(from text: String) -> String {
        guard !value.isEmpty else { return text }
        return text.split(separator: value, omittingEmptySubsequences: false).joined(separator: description)
    }
}
