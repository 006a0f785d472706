import Foundation
import Glibc
import HoldfastCore
import Testing

@testable import HoldfastTools

@Suite struct WorkspaceTests {
    @Test(arguments: [
        ("a", ["a"]), ("./a//b/", ["a", "b"]), ("/workspace", []), ("/workspace/a", ["a"]), (".", []),
        ("a/../b", ["a", "..", "b"]),
    ])
    func pathsAreRead(text: String, components: [String]) throws {
        #expect(try WorkspacePath(text).components == components)
    }

    @Test(arguments: ["", "/", "/etc/passwd", "/workspaces/x", "a\0b", String(repeating: "x/", count: 200)])
    func otherPathsAreRefused(text: String) {
        #expect(throws: WorkspaceError.self) { try WorkspacePath(text) }
    }

    @Test(arguments: ["..", "../x", "/workspace/../x", "a/../../x", "a/../.."])
    func dotsDoNotLeadOut(text: String) async throws {
        let fixture = try await ToolsFixture()
        let workspace = try fixture.workspace()
        try workspace.write(WorkspacePath("a/f"), "in".utf8)
        #expect(throws: WorkspaceError.self) { try workspace.write(WorkspacePath(text), "out".utf8) }
        #expect(throws: WorkspaceError.self) { try workspace.read(WorkspacePath(text), limit: 100) }
        #expect(try workspace.read(WorkspacePath("a/../a/f"), limit: 100) == Array("in".utf8))
    }

    @Test func linksInsideAreFollowedAndLinksOutAreNot() async throws {
        let fixture = try await ToolsFixture()
        let workspace = try fixture.workspace()
        try "secret".write(toFile: "\(fixture.data)/secret", atomically: true, encoding: .utf8)
        let links = [
            ("file", "d/f"), ("dir", "/workspace/d"), ("d/up", ".."), ("loop", "loop"), ("etc", "/etc"),
            ("out", "../../secret"), ("absolute", "\(fixture.data)/secret"), ("parent", "../.."),
        ]
        try workspace.write(WorkspacePath("d/f"), "in".utf8)
        for (name, target) in links { #expect(symlink(target, fixture.path(name)) == 0) }
        for path in ["file", "dir/f", "d/up/d/f", "dir/up/file"] {
            #expect(try workspace.read(WorkspacePath(path), limit: 9) == Array("in".utf8))
        }
        for path in ["loop", "etc/passwd", "out", "absolute", "parent/secret", "d/up/../secret"] {
            #expect(throws: WorkspaceError.self) { try workspace.read(WorkspacePath(path), limit: 9_999) }
            #expect(throws: WorkspaceError.self) { try workspace.write(WorkspacePath(path), "x".utf8) }
        }
        // The control: whoever follows the link gets out.
        #expect(try String(contentsOfFile: fixture.path("out"), encoding: .utf8) == "secret")
        #expect(try String(contentsOfFile: fixture.path("parent/secret"), encoding: .utf8) == "secret")
        try workspace.write(WorkspacePath("file"), "through".utf8)
        #expect(try String(contentsOfFile: fixture.path("d/f"), encoding: .utf8) == "through")
    }

    /// A command swaps a directory for a link while the server's tool is on its way through it.
    @Test func aSwappedDirectoryDoesNotLeadOut() async throws {
        let fixture = try await ToolsFixture()
        let workspace = try fixture.workspace()
        try FileManager.default.createDirectory(atPath: "\(fixture.data)/out", withIntermediateDirectories: false)
        try "secret".write(toFile: "\(fixture.data)/out/f", atomically: true, encoding: .utf8)
        try workspace.write(WorkspacePath("d/f"), "in".utf8)
        #expect(symlink("\(fixture.data)/out", fixture.path("l")) == 0)
        let (directory, link, spare) = (fixture.path("d"), fixture.path("l"), fixture.path("s"))
        let outcomes = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    for (from, to) in [(directory, spare), (link, directory), (directory, link), (spare, directory)] {
                        rename(from, to)
                    }
                    await Task.yield()
                }
            }
            var outcomes: Set<String> = []
            for _ in 0..<3_000 {
                let bytes = try? workspace.read(WorkspacePath("d/f"), limit: 99)
                outcomes.insert(bytes.map { String(decoding: $0, as: UTF8.self) } ?? "refused")
                try? workspace.write(WorkspacePath("d/g"), "x".utf8)
                await Task.yield()
            }
            group.cancelAll()
            await group.waitForAll()
            return outcomes
        }
        #expect(outcomes.isSubset(of: ["in", "refused"]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.data)/out") == ["f"])
    }

    @Test func pipesAndDirectoriesAreNoFiles() async throws {
        let fixture = try await ToolsFixture()
        let workspace = try fixture.workspace()
        #expect((await fixture.shell("mkfifo pipe; mkdir dir")).kind == .succeeded)
        for path in ["pipe", "dir", "."] {
            #expect(throws: WorkspaceError.self) { try workspace.read(WorkspacePath(path), limit: 9) }
            #expect(throws: WorkspaceError.self) { try workspace.write(WorkspacePath(path), "x".utf8) }
        }
    }

    @Test func replacingKeepsTheModeAndLeavesNoTemporaryFile() async throws {
        let fixture = try await ToolsFixture()
        #expect((await fixture.shell("echo old > run.sh; chmod 755 run.sh")).kind == .succeeded)
        try fixture.workspace().write(WorkspacePath("run.sh"), "echo new\n".utf8)
        #expect((await fixture.shell("./run.sh; ls -A; echo more >> run.sh")).output == "new\nrun.sh\n")
    }

    @Test(arguments: ["", "..", ".", "a/b", "a.b", "a\0", String(repeating: "a", count: 129)])
    func sessionsThatNameNoDirectoryAreRefused(session: String) async throws {
        let fixture = try await ToolsFixture()
        let workspaces = Workspaces(dataDirectory: fixture.data, capacity: 1)
        #expect(throws: WorkspaceError.self) { try workspaces.make(session: session) }
        #expect(throws: WorkspaceError.self) { try workspaces.remove(session: session) }
    }

    @Test func removalTakesWhateverCommandsMade() async throws {
        let fixture = try await ToolsFixture()
        let outcome = await fixture.shell(
            #"""
            for i in {1..300}; do mkdir -p deeper-and-deeper; cd deeper-and-deeper; done; echo x > bottom
            cd /workspace; touch $'\xff\xfe' 'new
            line'; ln -s /etc link; mkfifo pipe; mkdir closed; touch closed/f; chmod 000 closed
            """#)
        #expect(outcome.kind == .succeeded)
        #expect(try fixture.workspace().usage() == fixture.limits.workspaceBytes, "too deep to measure counts as full")
        await fixture.runner.remove(fixture.environment, session: "one")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.data)/workspaces") == [])
        await fixture.runner.remove(fixture.environment, session: "one")
        #expect(access("/etc/passwd", F_OK) == 0)
    }

    @Test func leftoversOfAnInterruptedRemovalGo() async throws {
        let fixture = try await ToolsFixture()
        let leftover = "\(fixture.data)/workspaces/.removed-x-1"
        try FileManager.default.createDirectory(atPath: "\(leftover)/a/b", withIntermediateDirectories: true)
        Workspaces(dataDirectory: fixture.data, capacity: 1).removeLeftovers()
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(fixture.data)/workspaces") == ["one"])
    }
}
