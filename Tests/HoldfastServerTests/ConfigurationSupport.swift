import Foundation
import HoldfastServer

/// A file that is removed with its owner.
final class TemporaryFile {
    let path: String

    init(_ text: String) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).yaml").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Loads a configuration from a YAML text, or without a file.
func load(
    _ yaml: String? = nil, environment: [String: String] = [:],
    flags: ConfigurationLoader.Flags = ConfigurationLoader.Flags()
) async throws -> ServerConfiguration {
    var flags = flags
    let file = try yaml.map { try TemporaryFile($0) }
    if let file { flags.file = file.path }
    defer { withExtendedLifetime(file) {} }
    return try await ConfigurationLoader(flags: flags, environment: environment).load()
}
