import Foundation
import Testing

@Suite("Every layer imports only what it may")
struct LayerTests {
    /// What each target may import of this package.
    private static let layers: [String: Set<String>] = [
        "HoldfastCore": [],
        "HoldfastStore": ["HoldfastCore"],
        "HoldfastStoreSQLite": ["HoldfastCore", "HoldfastStore"],
        "HoldfastModels": ["HoldfastCore"],
        "HoldfastTools": ["HoldfastCore"],
        "HoldfastRuntime": ["HoldfastCore", "HoldfastStore"],
        "HoldfastAPI": ["HoldfastCore", "HoldfastStore", "HoldfastModels", "HoldfastRuntime"],
        "HoldfastServer": [
            "HoldfastCore", "HoldfastStore", "HoldfastStoreSQLite", "HoldfastModels", "HoldfastTools",
            "HoldfastRuntime", "HoldfastAPI",
        ],
        "holdfast": [
            "HoldfastCore", "HoldfastStore", "HoldfastStoreSQLite", "HoldfastTools", "HoldfastModels",
            "HoldfastRuntime", "HoldfastAPI", "HoldfastServer",
        ],
        "HoldfastTestKit": ["HoldfastCore", "HoldfastStore", "HoldfastRuntime"],
    ]

    /// What belongs to one layer alone.
    private static let drivers: [String: Set<String>] = [
        "GRDB": ["HoldfastStoreSQLite"],
        "GRDBSQLite": ["HoldfastStoreSQLite"],
        "Hummingbird": ["HoldfastAPI", "HoldfastServer"],
        "AsyncHTTPClient": ["HoldfastModels", "HoldfastServer", "holdfast"],
        "Subprocess": ["HoldfastTools", "holdfast"],
        "ServiceLifecycle": ["HoldfastRuntime", "HoldfastServer"],
        "ArgumentParser": ["holdfast"],
        "Configuration": ["HoldfastServer"],
    ]

    private static func imports(_ file: SourceTree.File) -> [String] {
        file.lines.compactMap { line in
            let words = line.split { " .".contains($0) }
            guard let place = words.firstIndex(of: "import"), place <= 3, place + 1 < words.count,
                words[..<place].allSatisfy({ $0.hasPrefix("@") || ["public", "package", "internal"].contains($0) })
            else { return nil }
            return String(words[place + 1])
        }
    }

    @Test("core imports nothing")
    func core() {
        let found = SourceTree.sources.filter { $0.target == "HoldfastCore" }.flatMap(Self.imports)
        #expect(found == [])
    }

    @Test("layers of this package")
    func layers() {
        for file in SourceTree.sources {
            guard let allowed = Self.layers[file.target] else {
                Issue.record("\(file.target) has no place among the layers")
                continue
            }
            let found = Self.imports(file).filter { $0.lowercased().hasPrefix("holdfast") && !allowed.contains($0) }
            #expect(found == [], "\(file.path)")
        }
    }

    @Test("drivers stay where they belong")
    func drivers() {
        for file in SourceTree.sources {
            let found = Self.imports(file).filter { Self.drivers[$0]?.contains(file.target) == false }
            #expect(found == [], "\(file.path)")
        }
    }

    @Test("the test kit is for tests")
    func testKit() {
        let found = SourceTree.sources.filter { Self.imports($0).contains("HoldfastTestKit") }.map(\.path)
        #expect(found == [])
    }

    @Test("every public error code has a page")
    func errorPages() {
        let codes = SourceTree.sources.filter { $0.target == "HoldfastAPI" }.flatMap { file in
            file.code(with: ["code: "]).flatMap { line in
                line.matches(of: #/\bcode: (?:String = )?"([a-z_]+)"/#).map { String($0.1) }
            }
        }
        #expect(!codes.isEmpty)
        let missing = Set(codes).filter { !SourceTree.exists("docs/errors/\($0).md") }.sorted()
        #expect(missing == [])
    }
}
