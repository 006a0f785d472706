import Foundation
import HoldfastCore
import HoldfastStore
import Testing

@Suite("Journals of released versions")
struct ReplayTests {
    private static let directory = Bundle.module.resourceURL?.appending(path: "Histories")

    private static func names() throws -> [String] {
        let directory = try #require(directory)
        return try FileManager.default.contentsOfDirectory(atPath: directory.path()).filter { $0.hasSuffix(".jsonl") }
            .sorted()
    }

    private static func history(_ name: String) throws -> History {
        let file = try #require(directory).appending(path: name)
        return try History(String(contentsOf: file, encoding: .utf8))
    }

    @Test("mean what they meant when they were written")
    func replay() throws {
        let names = try Self.names()
        #expect(names.count >= 3)
        for name in names {
            let history = try Self.history(name)
            let digests = try History.digests(history.records, session: Recording.session)
            #expect(digests.state == history.state, "the state of \(name)")
            #expect(digests.frames == history.frames, "the public events of \(name)")
        }
    }

    @Test("have every kind of event")
    func kinds() throws {
        var kinds: Set<String> = []
        for name in try Self.names() where name.hasPrefix("1.") {
            kinds.formUnion(try Self.history(name).records.map(\.kind))
        }
        #expect(kinds.count == 18, "\(kinds.sorted())")
    }

    @Test("a changed journal is noticed")
    func control() throws {
        var history = try Self.history("1.0-turns.jsonl")
        history.records[1].at += 1
        let digests = try History.digests(history.records, session: Recording.session)
        #expect(digests.state != history.state)
    }

    @Test("the same run gives the same journal", arguments: Recording.all.map(\.name))
    func deterministic(name: String) throws {
        let recording = try #require(Recording.all.first { $0.name == name })
        let records = try recording.records()
        #expect(try recording.records() == records)
        #expect(records.count > 5)
    }

    @Test(
        "are recorded on demand",
        .enabled(if: ProcessInfo.processInfo.environment["HOLDFAST_RECORD"] != nil),
        arguments: Recording.all.map(\.name))
    func record(name: String) throws {
        let version = try #require(ProcessInfo.processInfo.environment["HOLDFAST_RECORD"])
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Histories/\(version)-\(name).jsonl")
        let recording = try #require(Recording.all.first { $0.name == name })
        let text = try History.text(try recording.records(), session: Recording.session)
        try text.write(to: file, options: .withoutOverwriting)
    }
}

extension String {
    fileprivate func write(to file: URL, options: Data.WritingOptions) throws {
        try Data(utf8).write(to: file, options: options)
    }
}
