import Foundation
import HoldfastModels
import Testing

@Suite("Secrets")
struct SecretSourceTests {
    private let environment = ["KEY": " sk-1\n", "EMPTY": " \n", "SPLIT": "a b", "LINES": "a\nb", "WIDE": "clé"]

    @Test("a value is never described")
    func description() throws {
        let source = SecretSource.environment("KEY")
        let secret = try source.resolve(environment: environment)
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", secret.debugDescription, String(reflecting: secret), dumped, "\(source)"] {
            #expect(!text.contains("sk-1"))
        }
    }

    @Test("what is no secret is refused, without its value", arguments: ["MISSING", "EMPTY", "SPLIT", "LINES", "WIDE"])
    func refused(name: String) {
        let error = #expect(throws: ModelConfigurationError.self) {
            try SecretSource.environment(name).resolve(environment: environment)
        }
        #expect(error?.message.contains(name) == true)
        #expect(environment[name].map { error?.message.contains($0) == true } != true)
    }

    @Test("a file is read, and a missing one refused")
    func file() throws {
        let path = NSTemporaryDirectory() + "/holdfast-secret-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: ModelConfigurationError.self) { try SecretSource.file(path: path).resolve() }
        try Data("sk-2\n".utf8).write(to: URL(filePath: path))
        #expect(throws: Never.self) { try SecretSource.file(path: path).resolve() }
        try Data("\n".utf8).write(to: URL(filePath: path))
        #expect(throws: ModelConfigurationError.self) { try SecretSource.file(path: path).resolve() }
    }
}
