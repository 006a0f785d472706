import Foundation
import Testing

@Suite("The house is tidy")
struct TidyTests {
    private let all = SourceTree.sources + SourceTree.tests

    @Test("the tree is read")
    func tree() {
        #expect(SourceTree.sources.count > 100)
        #expect(SourceTree.sources.contains { $0.path == "Sources/HoldfastCore/SessionCore.swift" })
        #expect(SourceTree.tests.contains { $0.path == "Tests/TidyTests/TidyTests.swift" })
    }

    @Test("no file is longer than a thousand lines, and most are short")
    func length() {
        #expect(all.filter { $0.lineCount > 1_000 }.map(\.path) == [])
        let long = all.filter { $0.lineCount > 600 }.map { "\($0.path) \($0.lineCount)" }
        if !long.isEmpty { print("files to look at twice: \(long.joined(separator: ", "))") }
        let counts = SourceTree.sources.map(\.lineCount).sorted()
        #expect(counts[counts.count / 2] <= 120)
        #expect(counts[counts.count * 9 / 10] <= 400)
    }

    @Test("only the command line prints")
    func printing() {
        let found = SourceTree.sources.filter {
            $0.target != "holdfast" && $0.path != "Sources/HoldfastServer/FirstKey.swift"
        }.flatMap { $0.code(with: ["print("]) { $0.contains(#/(^|[^a-zA-Z_.])print\(/#) } }
        #expect(found == [])
    }

    @Test("core and runtime have no clock, no chance and no stray tasks of their own")
    func determinism() {
        let words = [
            "Task {", "Task{", "Task.detached", "Task.sleep", "Date()", "UUID()", "ContinuousClock", "SuspendingClock",
            "SystemRandomNumberGenerator", ".random(in:", "DispatchQueue",
        ]
        // The system's clock, and the one default of chance; simulations replace both.
        let exempt = ["try await Task.sleep(for: .milliseconds(wait))", "jitter = { Double.random(in: 0..<1) }"]
        let found = SourceTree.sources.filter { ["HoldfastCore", "HoldfastRuntime"].contains($0.target) }
            .flatMap {
                $0.code(with: words) { line in
                    !exempt.contains(line.trimmed) && !line.contains(".addTask {")
                }
            }
        #expect(found == [])
        let clock = SourceTree.sources.filter { $0.path == "Sources/HoldfastRuntime/RuntimeClock.swift" }
        #expect(clock.flatMap { $0.code(with: ["Task.sleep"]) }.count == 1)
    }

    @Test("the core does not walk over dictionaries or sets")
    func order() {
        let core = SourceTree.sources.filter { $0.target == "HoldfastCore" }
        #expect(core.flatMap { $0.code(with: [".keys", ".values"]) { $0.contains(" in ") } } == [])
        // Neither is kept in the state: what is not there cannot be walked over.
        let state = core.filter { $0.path.hasPrefix("Sources/HoldfastCore/State/") }
        #expect(state.flatMap { $0.code(with: ["Set<", "Dictionary<", ": [String: "]) } == [])
    }

    @Test("nothing is left to be done later")
    func later() {
        let words: [String] = ["// TO", "//TO"].map { $0 + "DO" } + ["// FIX", "//FIX"].map { $0 + "ME" }
        let found = all.filter { file in words.contains { file.has($0) } }.map(\.path)
        #expect(found == [])
    }

    @Test("every unchecked promise says why")
    func unchecked() {
        let words = ["@unchecked " + "Sendable", "nonisolated(" + "unsafe)"]
        let found = all.flatMap { file -> [String] in
            guard words.contains(where: file.has) else { return [] }
            let lines = file.lines
            return lines.indices.filter { index in
                let text = lines[index].trimmed
                guard !text.hasPrefix("//"), words.contains(where: { text.contains($0) }) else { return false }
                return !lines[max(0, index - 3)...min(lines.count - 1, index + 2)].contains { $0.contains("//") }
            }.map { "\(file.path):\($0 + 1)" }
        }
        #expect(found == [])
    }

    @Test("public types and functions say what they are for")
    func documentation() {
        let kinds = ["struct ", "enum ", "class ", "protocol ", "actor ", "func "]
        let found = SourceTree.sources.flatMap { file -> [String] in
            guard file.has("public ") else { return [] }
            let lines = file.lines
            return lines.indices.filter { index in
                let line = lines[index].trimmed
                guard line.hasPrefix("public "), !line.hasPrefix("public import") else { return false }
                let words = ["public ", "static ", "final ", "mutating ", "nonisolated ", "consuming "]
                let rest = words.reduce(line) { $0.hasPrefix($1) ? String($0.dropFirst($1.count)) : $0 }
                return kinds.contains { rest.hasPrefix($0) } && !Self.isWitness(rest)
                    && !Self.hasComment(lines, above: index)
            }.map { "\(file.path):\($0 + 1): \(lines[$0].trimmed)" }
        }
        #expect(found == [])
    }

    /// Members that a protocol asks for are explained there.
    private static func isWitness(_ declaration: String) -> Bool {
        declaration.contains("context: ChannelHandlerContext")
            || witnesses.contains { name in
                ["(", " (", "<"].contains { declaration.hasPrefix("func \(name)\($0)") }
            }
    }

    private static let witnesses: [String] = {
        let protocols = SourceTree.sources.filter { $0.has("public protocol ") }
        let functions = protocols.flatMap(\.lines).map(\.trimmed).filter { $0.hasPrefix("func ") }
            .compactMap { $0.dropFirst(5).split(separator: "(").first.map(String.init) }
        return functions + ["run", "handle", "hash", "encode", "enqueue", "validate", "next", "==", "< ", "+="]
    }()

    private static func hasComment(_ lines: [String], above index: Int) -> Bool {
        var index = index - 1
        while index >= 0, lines[index].trimmed.hasPrefix("@") { index -= 1 }
        return index >= 0 && lines[index].trimmed.hasPrefix("///")
    }
}
