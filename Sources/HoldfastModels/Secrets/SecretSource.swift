public import FoundationEssentials
import Glibc

/// Where a secret comes from. It is read when the server starts; its value is in no description.
public enum SecretSource: Sendable, Equatable, CustomStringConvertible {
    case environment(String)
    /// A file's content, without white space at its ends.
    case file(path: String)

    /// No key or token is longer.
    private static let maximumBytes = 64 << 10

    public var description: String {
        switch self {
        case .environment(let name): "the environment variable \(name)"
        case .file(let path): "the file \(path)"
        }
    }

    /// Reads the secret.
    /// - Throws: when it is missing, empty, or no single line of printable ASCII (it becomes a header field).
    public func resolve(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ModelConfigurationError) -> Secret {
        let value =
            switch self {
            case .environment(let name): environment[name]
            case .file(let path): Self.content(of: path)
            }
        guard let value else { throw ModelConfigurationError("\(self) cannot be read; it should hold a secret") }
        let trimmed = value.utf8.drop { Self.isSpace($0) }
        let end = trimmed.lastIndex { !Self.isSpace($0) }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
        let bytes = trimmed[..<end]
        guard !bytes.isEmpty else { throw ModelConfigurationError("\(self) is empty; it should hold a secret") }
        guard bytes.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw ModelConfigurationError("\(self) must hold one line of printable ASCII without spaces")
        }
        return Secret(String(decoding: bytes, as: UTF8.self))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }

    private static func content(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        let count = fread(&bytes, 1, bytes.count, file)
        return ferror(file) == 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}

/// Something in the configuration of a provider is wrong; the server does not start with it.
public struct ModelConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, for the operator; never a secret.
    public var message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
