import Foundation
import Glibc
import Testing

/// A full disk: requests are refused with 507, reads go on, and work resumes when there is space.
@Suite(.ownThread, .enabled(if: SmallDisk.isAvailable, "mounting a file system of its own needs root"))
struct DiskFullTests {
    @Test func workResumesWhenSpaceReturns() throws {
        let disk = try SmallDisk(megabytes: 24)
        let server = try TestServer(["HOLDFAST_LIMITS_MODEL_RETRY_BASE": "20ms"], data: disk.path + "/data")
        defer { server.child?.signal(SIGKILL) }
        let api = server.api
        let session = try api.newSession("say before", hosted: true)
        try api.wait(session)
        let reader = server.follow(session)
        let working = try api.newSession("wait 1200\nsay while full")
        let workingReader = server.follow(working)
        var acknowledged = ["say before"]
        try disk.fill()
        let refused = try Self.sayUntilRefused(api, session, &acknowledged)
        Refusal.expect(refused, "a message", status: 507...507, code: "insufficient_storage")
        let posts: [(String, [String: Any])] = [
            ("/v1/agents/sessions", API.settings("say no")),
            ("/v1/agents/sessions/\(session)", ["metadata": ["a": "b"]]),
        ]
        for (path, body) in posts {
            Refusal.expect(try api.call("POST", path, body), "POST \(path)", status: 507...507)
        }
        pause(milliseconds: 1_300)
        for path in ["", "/items", "/turns", "/journal"] {
            #expect(try api.call("GET", "/v1/agents/sessions/\(session)\(path)").status == 200, "reads go on: \(path)")
        }
        #expect(try api.call("GET", "/readyz").status == 200)
        #expect(try api.status(of: working) == "in_progress", "an answer that cannot be written is not shown")
        disk.empty()
        try eventually("a message is accepted") {
            try api.call("POST", "/v1/agents/sessions/\(session)/events", API.message("say after")).status == 202
        }
        acknowledged.append("say after")
        try api.wait(session)
        try api.wait(working)
        #expect(try api.items(of: working).last?.messageText == "while full")
        for restart in [false, true] {
            if restart { try server.killAndRestart() }
            for (session, reader) in [(session, reader), (working, workingReader)] {
                let promises = Promises(server: server, session: session)
                try promises.checkJournal()
                try promises.checkReader(reader)
            }
            let promises = Promises(server: server, session: session)
            for text in acknowledged { try promises.checkAnswered(text) }
            let said = try api.items(of: session).filter { $0.isMessage(of: "user") }.map(\.messageText)
            #expect(said == acknowledged, "what was refused is not there")
        }
        #expect(try server.api.get("/v1/agents/sessions")["data"].list.count == 2)
        // The server must be gone before its file system can be.
        try server.kill()
    }

    /// Sends long messages, each answered before the next, until the disk is full.
    private static func sayUntilRefused(
        _ api: API, _ session: String, _ acknowledged: inout [String]
    ) throws -> Response {
        for number in 0..<2_000 {
            let text = "say \(number) \(String(repeating: "x", count: 2_000))"
            let response = try api.call("POST", "/v1/agents/sessions/\(session)/events", API.message(text))
            guard response.status == 202 else { return response }
            acknowledged.append(text)
        }
        throw Failure("the disk is never full")
    }

    @Test func aServerStartsOnAFullDiskOrSaysWhyNot() throws {
        let disk = try SmallDisk(megabytes: 24)
        let server = try TestServer(data: disk.path + "/data")
        defer { server.child?.signal(SIGKILL) }
        let session = try server.api.newSession("say hello")
        try server.api.wait(session)
        try server.kill()
        try disk.fill()
        do {
            try server.start()
            #expect(try server.api.items(of: session).last?.messageText == "hello")
        } catch {
            #expect("\(error)".contains("full"), "\(error)")
        }
        disk.empty()
        if server.isRunning { try server.kill() }
        try server.start()
        #expect(try server.api.items(of: session).last?.messageText == "hello")
        try server.kill()
    }
}

/// A small file system in memory.
private final class SmallDisk {
    static var isAvailable: Bool { getuid() == 0 && (try? SmallDisk(megabytes: 1)) != nil }

    private let directory: TemporaryDirectory
    var path: String { directory.path }

    init(megabytes: Int) throws {
        directory = try TemporaryDirectory()
        guard mount("tmpfs", directory.path, "tmpfs", 0, "size=\(megabytes)m,mode=700") == 0 else {
            throw Failure("mount: \(String(cString: strerror(errno)))")
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Takes all the space that is left.
    func fill() throws {
        let file = open(path + "/filler", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure("no filler: errno \(errno)") }
        defer { close(file) }
        for size in [1 << 20, 4_096, 512, 1] {
            let chunk = [UInt8](repeating: 1, count: size)
            while write(file, chunk, size) == size {}
        }
    }

    func empty() { unlink(path + "/filler") }
}
