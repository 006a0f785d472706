import Configuration
import Foundation
import Glibc
import Synchronization
import SystemPackage

/// A YAML file with settings, and the names of everything in it.
struct ConfigurationFile {
    var path: String
    var provider: FileProvider<YAMLSnapshot>
    /// The dotted paths of all values, in the order of the file (outer ones first).
    var keys: [String]

    /// Reads a file.
    /// - Returns: `nil` when nothing stands in it but comments.
    init?(path: String) async throws(ConfigurationError) {
        guard access(path, R_OK) == 0 else {
            let reason = errno == ENOENT ? "there is no such file" : "the file cannot be read"
            throw ConfigurationError(key: "", origin: path, reason: reason)
        }
        if Self.hasOnlyComments(path) { return nil }
        // The secrets specifier is asked about every key while the file is parsed: the one way to learn all of them.
        let recorder = KeyRecorder()
        let options = YAMLSnapshot.ParsingOptions(secretsSpecifier: .dynamic { key, _ in recorder.note(key) })
        do {
            provider = try await FileProvider(parsingOptions: options, filePath: FilePath(path))
        } catch {
            throw ConfigurationError(key: "", origin: path, reason: "not a YAML map of settings: \(error)")
        }
        self.path = path
        keys = recorder.keys
    }

    /// The parser knows no empty document, which is what is left when somebody comments all settings out.
    private static func hasOnlyComments(_ path: String) -> Bool {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return false }
        return text.split(whereSeparator: \.isNewline).allSatisfy { line in
            let content = line.trimmingCharacters(in: .whitespaces)
            return content.isEmpty || content.hasPrefix("#") || content == "---"
        }
    }

    /// Whether nothing stands after a name at the top.
    func isEmpty(_ key: String) -> Bool {
        let content = try? provider.value(forKey: AbsoluteConfigKey([key]), type: .string).value?.content
        guard case .string(let text)? = content else { return false }
        return ["", "~", "null"].contains(text)
    }
}

/// Collects the keys that a parser comes across.
private final class KeyRecorder: Sendable {
    private let found = Mutex<[String]>([])

    var keys: [String] { found.withLock { $0 } }

    /// Notes a key; none of them is a secret, as keys of providers are only referred to.
    func note(_ key: String) -> Bool {
        found.withLock { $0.append(key) }
        return false
    }
}
