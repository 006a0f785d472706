import HoldfastCore
import Testing

@testable import HoldfastTools

@Suite struct ApplyPatchTests {
    private func apply(_ patch: String, files: [String: String]) async throws -> (ToolOutcome, [String: String]) {
        let fixture = try await ToolsFixture()
        let workspace = try fixture.workspace()
        for (path, content) in files { try workspace.write(WorkspacePath(path), content.utf8) }
        let outcome = await fixture.call(
            "apply_patch", ["patch": .string("*** Begin Patch\n\(patch)\n*** End Patch\n")])
        let names = await fixture.call("list_files", ["recursive": true]).output.split(separator: "\n")
        var left: [String: String] = [:]
        for name in names where name.last != "/" && name != "[empty]" {
            let bytes = try workspace.read(WorkspacePath(String(name)), limit: 9_999)
            left[String(name)] = String(decoding: bytes, as: UTF8.self)
        }
        return (outcome, left)
    }

    @Test func filesAreAddedChangedMovedAndDeleted() async throws {
        let patch = """
            *** Add File: new/n.txt
            +first
            +
            +third
            *** Update File: a.py
            @@ def two():
            -    return 1
            +    return 2
            *** Update File: old.txt
            *** Move to: moved/there.txt
            @@
             keep
            -drop
            *** Delete File: gone.txt
            """
        let before = [
            "a.py": "def one():\n    return 1\n\ndef two():\n    return 1\n", "old.txt": "keep\ndrop\n",
            "gone.txt": "x",
        ]
        let (outcome, after) = try await apply(patch, files: before)
        #expect(
            outcome
                == ToolOutcome(
                    .succeeded, output: "A new/n.txt\nM a.py\nR old.txt -> moved/there.txt\nD gone.txt"))
        #expect(
            after == [
                "new/n.txt": "first\n\nthird\n", "moved/there.txt": "keep\n",
                "a.py": "def one():\n    return 1\n\ndef two():\n    return 2\n",
            ])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var file: String
        var hunks: String
        var expected: String
    }

    static let cases = [
        Case(
            testDescription: "several hunks", file: "1\n2\n3\n4\n5\n",
            hunks: "@@\n-1\n+one\n 2\n@@\n 4\n-5\n+five",
            expected: "one\n2\n3\n4\nfive\n"),
        Case(
            testDescription: "no header", file: "a\nb\n",
            hunks: " a\n-b\n+c",
            expected: "a\nc\n"),
        Case(
            testDescription: "only additions", file: "a\n",
            hunks: "@@\n+b",
            expected: "a\nb\n"),
        Case(
            testDescription: "additions after an anchor", file: "a\nb\n",
            hunks: "@@ a\n+x",
            expected: "a\nx\nb\n"),
        Case(
            testDescription: "into an empty file", file: "",
            hunks: "@@\n+b",
            expected: "b\n"),
        Case(
            testDescription: "two anchors", file: "class A\n def f\n  x\nclass B\n def f\n  x\n",
            hunks: "@@ class B\n@@  def f\n-  x\n+  y",
            expected: "class A\n def f\n  x\nclass B\n def f\n  y\n"),
        Case(
            testDescription: "at the end of the file", file: "x\ny\nx\n",
            hunks: "@@\n-x\n+z\n*** End of File",
            expected: "x\ny\nz\n"),
        Case(
            testDescription: "empty context line without its space", file: "a\n\nb\n",
            hunks: "@@\n a\n\n-b\n+c",
            expected: "a\n\nc\n"),
        Case(
            testDescription: "other white space; context stays", file: "\tif x:  \n\t\ty\n",
            hunks: "@@\n if x:\n-y\n+\t\tz",
            expected: "\tif x:  \n\t\tz\n"),
        Case(
            testDescription: "no line break at the end", file: "a\nb",
            hunks: "@@\n a\n-b\n+c",
            expected: "a\nc\n"),
        Case(
            testDescription: "carriage returns stay", file: "a\r\nb\r\n",
            hunks: "@@\n a\n+x",
            expected: "a\r\nx\nb\r\n"),
        Case(
            testDescription: "a line that looks like a marker", file: "a\n",
            hunks: "@@\n a\n+*** End Patch",
            expected: "a\n*** End Patch\n"),
    ]

    @Test(arguments: cases)
    func hunks(_ one: Case) async throws {
        let (outcome, after) = try await apply("*** Update File: f\n\(one.hunks)", files: ["f": one.file])
        #expect(outcome == ToolOutcome(.succeeded, output: "M f"))
        #expect(after == ["f": one.expected])
    }

    @Test func onePatchCanChangeAFileTwice() async throws {
        let patch = "*** Add File: f\n+a\n*** Update File: f\n@@\n-a\n+b\n*** Update File: f\n*** Move to: g"
        let (outcome, after) = try await apply(patch, files: ["h": ""])
        #expect(outcome.kind == .succeeded)
        #expect(after == ["g": "b\n", "h": ""] || after == ["g": "b\n"])
    }

    @Test(
        arguments: [
            ("*** Update File: f\n@@\n-nothing\n+x", "f: these lines do not stand after line 0:\nnothing"),
            ("*** Update File: f\n@@ nowhere\n-a\n+x", "f: no line 'nowhere' after line 0"),
            ("*** Update File: f\n@@\n-a\n+x\n*** End of File", "f: these lines do not stand at the end:\na"),
            ("*** Update File: none\n@@\n-a\n+x", "none: does not exist"),
            ("*** Delete File: none", "none: does not exist"),
            ("*** Add File: f\n+x", "f: exists already"),
            ("*** Update File: f\n*** Move to: g\n@@\n-a\n+x", "g: exists already"),
            ("*** Update File: f", "line 3 of the patch: the update of f has no hunk"),
            ("*** Update File: f\n@@", "line 4 of the patch: a hunk without lines"),
            ("*** Update File: f\n@@\n?x", "line 4 of the patch: a line of a hunk must begin with ' ', '+' or '-'"),
            ("*** Add File: n\nx", "line 3 of the patch: a line of a new file must begin with '+'"),
            ("*** Remove File: f", nil), ("", "line 2 of the patch: expected"),
            ("*** Add File: ../x\n+x", "../x: leads outside the workspace"),
            ("*** Add File: /etc/x\n+x", "/etc/x: outside the workspace; use a relative path or one under /workspace"),
        ] as [(String, String?)])
    func nothingIsWrittenWhenAnythingIsWrong(patch: String, message: String?) async throws {
        let before = ["f": "a\nb\n", "g": "c\n"]
        let (outcome, after) = try await apply("*** Add File: early\n+x\n\(patch)", files: before)
        #expect(outcome.kind == .failed)
        // The section in front moves line numbers by two.
        if let message, !message.hasPrefix("line ") { #expect(outcome.output == message) }
        #expect(after == before)
        guard let message, message.hasPrefix("line ") else { return }
        let (alone, _) = try await apply(patch, files: before)
        #expect(alone.output.hasPrefix(message))
    }

    @Test(arguments: [
        "", "*** Add File: x\n+x", "*** Begin Patch\n*** End Patch", "*** Begin Patch\n*** Add File: x\n+x",
    ])
    func textThatIsNoPatch(text: String) async throws {
        let fixture = try await ToolsFixture()
        let outcome = await fixture.call("apply_patch", ["patch": .string(text)])
        #expect(outcome.kind == .failed)
        #expect(outcome.output.contains("patch"))
    }
}
