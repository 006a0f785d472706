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

    @Test("no file is longer than a thousand lines")
    func length() {
        #expect(all.filter { $0.lines.count > 1_000 }.map(\.path) == [])
        let long = all.filter { $0.lines.count > 600 }.map { "\($0.path) \($0.lines.count)" }
        if !long.isEmpty { print("files to look at twice: \(long.joined(separator: ", "))") }
        let median = SourceTree.sources.map(\.lines.count).sorted()[SourceTree.sources.count / 2]
        #expect(median <= 120)
    }

    @Test("only the command line prints")
    func printing() {
        let found = SourceTree.sources.filter {
            $0.target != "holdfast" && $0.path != "Sources/HoldfastServer/FirstKey.swift"
        }.flatMap { $0.code { $0.contains(#/(^|[^a-zA-Z_.])print\(/#) } }
        #expect(found == [])
    }

    @Test("core and runtime have no clock, no chance and no stray tasks of their own")
    func determinism() {
        let words = [
            #/\bTask\s*\{/#, #/\bTask\.detached\b/#, #/\bTask\.sleep\b/#, #/\bDate\(\)/#, #/\bUUID\(\)/#,
            #/\bContinuousClock\b/#, #/\bSystemRandomNumberGenerator\b/#,
        ]
        let found = SourceTree.sources.filter { ["HoldfastCore", "HoldfastRuntime"].contains($0.target) }
            .filter { $0.path != "Sources/HoldfastRuntime/RuntimeClock.swift" }
            .flatMap { $0.code { line in words.contains { line.contains($0) } } }
        #expect(found == [])
        let clock = SourceTree.sources.filter { $0.path == "Sources/HoldfastRuntime/RuntimeClock.swift" }
        #expect(clock.flatMap { $0.code { $0.contains("Task.sleep") } }.count == 1)
        let chance = SourceTree.sources.filter { ["HoldfastCore", "HoldfastRuntime"].contains($0.target) }
            .flatMap { $0.code { $0.contains(".random(in:") } }
        // The one default that a simulation replaces.
        #expect(chance.filter { !$0.contains("jitter = {") } == [])
    }

    @Test("fold, decide and encode do not walk over dictionaries or sets")
    func order() {
        let found = SourceTree.sources.filter { $0.target == "HoldfastCore" }.flatMap { file in
            file.code { line in
                line.contains(#/:\s*(Set<|\[[A-Za-z.]+\s*:\s*[A-Za-z])/#) && line.contains("var ")
                    && line.contains("public")
            } + file.code { $0.contains(#/\bin\s+[A-Za-z.]+\.(keys|values)\b/#) }
        }
        #expect(found == [])
    }

    @Test("nothing is left to be done later")
    func later() {
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
        let found = all.flatMap { file in
            file.lines.enumerated().filter { _, line in words.contains { line.contains($0) } }
                .map { "\(file.path):\($0.offset + 1)" }
        }
        #expect(found == [])
    }

    @Test("every unchecked promise says why")
    func unchecked() {
        let words = ["@unchecked " + "Sendable", "nonisolated(" + "unsafe)", "@unsafe"]
        let found = all.flatMap { file in
            file.lines.indices.filter { index in
                let text = file.lines[index].trimmingCharacters(in: .whitespaces)
                guard !text.hasPrefix("//"), !text.contains("\""), words.contains(where: text.contains) else {
                    return false
                }
                let around = file.lines[max(0, index - 3)...min(file.lines.count - 1, index + 2)]
                return !around.contains { $0.contains("//") }
            }.map { "\(file.path):\($0 + 1)" }
        }
        #expect(found == [])
    }

    @Test("public types and functions say what they are for")
    func documentation() {
        let declaration = #/^\s*public (static |final |mutating |nonisolated )*(struct|enum|class|protocol|actor|func) /#
        let found = SourceTree.sources.flatMap { file in
            file.lines.indices.filter { index in
                let line = file.lines[index]
                guard line.contains(declaration), !line.contains("func write(to writer: inout JSONWriter)") else {
                    return false
                }
                // Members that a protocol asks for are explained there.
                let isWitness = Self.witnesses.contains { line.contains("func \($0)") } || line.contains("static func <")
                return !isWitness && !Self.hasComment(file.lines, above: index)
            }.map { "\(file.path):\($0 + 1): \(file.lines[$0].trimmingCharacters(in: .whitespaces))" }
        }
        #expect(found == [])
    }

    private static let witnesses: [String] = {
        let protocols = SourceTree.sources.filter { file in
            file.lines.contains { $0.hasPrefix("public protocol ") }
        }
        let functions = protocols.flatMap(\.lines).compactMap { line in
            line.firstMatch(of: #/^\s+(?:static )?func ([A-Za-z]+)/#).map { String($0.1) }
        }
        return functions + ["run(", "handle(", "hash(", "encode(", "enqueue(", "validate(", "==", "+="]
    }()

    private static func hasComment(_ lines: [String], above index: Int) -> Bool {
        var index = index - 1
        while index >= 0, lines[index].trimmingCharacters(in: .whitespaces).hasPrefix("@") { index -= 1 }
        return index >= 0 && lines[index].trimmingCharacters(in: .whitespaces).hasPrefix("///")
    }
}
