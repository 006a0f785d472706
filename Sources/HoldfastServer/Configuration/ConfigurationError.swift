/// A setting that is refused: which one, where it came from, and what is allowed.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The setting as the user wrote it: `limits.command_time` in a file, `HOLDFAST_PORT`, `--port`.
    public var key: String
    /// Where it was written: the file's path, `environment`, `command line`.
    public var origin: String
    /// What is wrong and what is allowed.
    public var reason: String

    public init(key: String, origin: String, reason: String) {
        self.key = key
        self.origin = origin
        self.reason = reason
    }

    public var description: String { key.isEmpty ? "\(origin): \(reason)" : "\(origin): \(key): \(reason)" }
}
