import Foundation
import HoldfastCore
import Testing

@testable import HoldfastTools

@Suite struct FileToolTests {
    @Test func whatIsWrittenIsRead() async throws {
        let fixture = try await ToolsFixture()
        let text = "one\ntwo €\nthree"
        let write = await fixture.call("write_file", ["path": "a/b.txt", "content": .string(text)])
        #expect(write == ToolOutcome(.succeeded, output: "wrote 17 bytes to a/b.txt"))
        #expect(await fixture.call("read_file", ["path": "/workspace/a/b.txt"]).output == text)
        #expect((await fixture.shell("cat a/b.txt; echo; echo more >> a/b.txt")).output == text + "\n")
        #expect(await fixture.call("read_file", ["path": "a/b.txt"]).output == text + "more\n")
    }

    @Test(
        arguments: [
            (nil, nil, "1\n2\n3\n4\n5\n"), (2, nil, "2\n3\n4\n5\n"), (nil, 2, "1\n2\n"), (4, 1, "4\n"), (5, 9, "5\n"),
        ] as [(Int64?, Int64?, String)])
    func rangesOfLines(offset: Int64?, limit: Int64?, expected: String) async throws {
        let fixture = try await ToolsFixture()
        try fixture.workspace().write(WorkspacePath("f"), "1\n2\n3\n4\n5\n".utf8)
        let arguments: JSON = [
            "path": "f", "offset": offset.map { .integer($0) } ?? nil, "limit": limit.map { .integer($0) } ?? nil,
        ]
        #expect(await fixture.call("read_file", arguments) == ToolOutcome(.succeeded, output: expected))
    }

    @Test func aRangeAfterTheEndIsAFailure() async throws {
        let fixture = try await ToolsFixture()
        try fixture.workspace().write(WorkspacePath("f"), "1\n2".utf8)
        let outcome = await fixture.call("read_file", ["path": "f", "offset": 3])
        #expect(outcome == ToolOutcome(.failed, output: "f: has no line 3; it ends at line 2"))
    }

    @Test func longFilesAreCut() async throws {
        let fixture = try await ToolsFixture { $0.toolOutput = 10 }
        let workspace = try fixture.workspace()
        try workspace.write(WorkspacePath("f"), "1234\n67€90\n".utf8)
        let cut = await fixture.call("read_file", ["path": "f"])
        #expect(cut.output == "1234\n67€\n[cut at 10 bytes in line 2; use offset and limit]")
        #expect(await fixture.call("read_file", ["path": "f", "offset": 2]).output == "67€90\n")
        try workspace.write(WorkspacePath("g"), [0x61, 0, 0xFF])
        #expect(await fixture.call("read_file", ["path": "g"]).output == "a\u{FFFD}\u{FFFD}")
        try workspace.write(WorkspacePath("empty"), [])
        #expect(await fixture.call("read_file", ["path": "empty"]) == ToolOutcome(.succeeded, output: ""))
    }

    @Test func linksMadeByCommandsDoNotLeadOut() async throws {
        let fixture = try await ToolsFixture()
        let made = await fixture.shell(
            "ln -s /etc/hostname a; ln -s /etc b; ln -s ../../.. c; ln -s /workspace/ok d; echo in > ok")
        #expect(made.kind == .succeeded)
        for path in ["a", "b/hostname", "c/etc/hostname"] {
            let read = await fixture.call("read_file", ["path": .string(path)])
            #expect(read == ToolOutcome(.failed, output: "\(path): leads outside the workspace"))
            let write = await fixture.call("write_file", ["path": .string(path), "content": "x"])
            #expect(write == read)
        }
        #expect((await fixture.call("list_files", ["path": "b"])).kind == .failed)
        #expect((await fixture.call("read_file", ["path": "d"])).output == "in\n")
        // The control: on the host the same links do lead there.
        #expect(try Data(contentsOf: URL(filePath: fixture.path("b/hostname"))).count > 0)
    }

    @Test func listings() async throws {
        let fixture = try await ToolsFixture()
        #expect(await fixture.call("list_files", [:]).output == "[empty]")
        #expect((await fixture.shell("mkdir -p d/e B; touch d/e/f d/a c é; ln -s c z")).kind == .succeeded)
        #expect(await fixture.call("list_files", [:]).output == "B/\nc\nd/\nz@\né")
        #expect(await fixture.call("list_files", ["path": "d"]).output == "d/a\nd/e/")
        #expect(
            await fixture.call("list_files", ["recursive": true]).output == "B/\nc\nd/\nd/a\nd/e/\nd/e/f\nz@\né")
        #expect(await fixture.call("list_files", ["path": "c"]).kind == .failed)
        #expect(await fixture.call("list_files", ["path": "no"]).output == "no: No such file or directory")
    }

    @Test func listingsAreBounded() async throws {
        let fixture = try await ToolsFixture()
        #expect((await fixture.shell("touch f{0001..1100}")).kind == .succeeded)
        let lines = await fixture.call("list_files", [:]).output.split(separator: "\n")
        #expect(lines.count == ListFilesTool.maximumEntries + 1)
        #expect(lines.last == "[more entries are not shown]")
        #expect(lines.first == "f0001")
    }
}
