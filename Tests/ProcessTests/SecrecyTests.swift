import Foundation
import Glibc
import Testing

/// What others on the machine, commands, and logs get to know: nothing.
@Suite(.ownThread)
struct SecrecyTests {
    @Test func keysAreNeverStoredOrLogged() throws {
        let server = try TestServer(["HOLDFAST_LOG_LEVEL": "trace"])
        let made = try server.command(["keys", "create", "--name", "second"])
        let offlineKey = try Self.offlineKey(server)
        let overHTTP = try server.api.post("/v1/keys", ["name": "third"])["key"].text ?? ""
        let tokens = [server.api.key ?? "", made.output, overHTTP, offlineKey].map { $0.filter { !$0.isWhitespace } }
        #expect(tokens.allSatisfy { $0.hasPrefix("hf_") && $0.utf8.count > 60 })
        for token in tokens {
            let api = API(port: server.port, key: token)
            let session = try api.newSession(
                "call shell {\"command\": \"echo ran > file\"}\nthen\nsay hello", hosted: true)
            try api.wait(session)
            _ = try api.call("GET", "/v1/agents/sessions/\(session)/events?after=evt_x", headers: ["x-note": token])
            _ = try api.send("POST", "/v1/agents", Array("{\"model\": ".utf8))
        }
        server.child?.signal(SIGTERM)
        #expect(try server.child?.wait() == .exit(0))
        try Self.expectAbsent(tokens.map { String($0.split(separator: "_")[2]) }, in: [server.data, server.log])
        #expect(try Files.text(server.output).contains(tokens[0]), "the first start shows its key, and only there")
    }

    /// A key that is made while no server runs; it alone is on the standard output.
    private static func offlineKey(_ server: TestServer) throws -> String {
        try server.kill()
        let made = try server.command(["keys", "create"])
        #expect(made.status == .exit(0) && made.output.split(separator: "\n").count == 1)
        try server.start()
        return made.output
    }

    @Test func aProvidersKeyStaysWithTheServer() throws {
        let secret = "sk-secret-0123456789abcdef"
        let server = try TestServer([
            "OPENAI_API_KEY": secret, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "HOLDFAST_LOG_LEVEL": "trace",
            "HOLDFAST_LIMITS_MODEL_ATTEMPTS": "1",
        ])
        let look = "env; cat /proc/*/environ; cat /proc/\(server.pid)/environ; ls -l /proc/*/fd; find / -name '*.db*'"
        let session = try server.api.newSession(
            "call shell \(String(decoding: JSONValue.bytes(["command": look]), as: UTF8.self))\nthen\nsay hello",
            hosted: true)
        try server.api.wait(session)
        let output =
            try server.api.items(of: session).first { $0["type"].text == "command_execution" }?["output"].text ?? ""
        #expect(output.contains("PATH="), "the command ran")
        #expect(!output.contains(secret) && !output.contains("OPENAI") && !output.contains("HOLDFAST"))
        #expect(!output.contains("holdfast.db"))
        var settings = API.settings("hello")
        settings["agent"] = ["model": "gpt-anything"]
        let failing = try server.api.post("/v1/agents/sessions", settings)["id"].text ?? ""
        try server.api.wait(failing)
        let turn = try server.api.get("/v1/agents/sessions/\(failing)/turns")["data"][0]
        #expect(turn["status"].text == "failed" && turn["error"]["message"].text?.contains(secret) == false)
        #expect(try !server.api.call("GET", "/metrics").text.contains(secret))
        server.child?.signal(SIGTERM)
        _ = try server.child?.wait()
        try Self.expectAbsent([secret], in: [server.data, server.log, server.output])
    }

    @Test func itListensOnThisMachineOnly() throws {
        let server = try TestServer()
        _ = try Socket(port: server.port)
        // All of 127.0.0.0/8 is this machine: a server that listens everywhere answers there too.
        #expect(throws: Socket.Closed.self) { try Socket(port: server.port, address: 0x7F00_0002) }
        let everywhere = try TestServer(["HOLDFAST_HOST": "0.0.0.0"])
        _ = try Socket(port: everywhere.port, address: 0x7F00_0002)
    }

    @Test func onlyTheOwnerCanOpenItsFiles() throws {
        let server = try TestServer(["HOLDFAST_LIMITS_INLINE_BODY": "1KiB"])
        let long = String(repeating: "word ", count: 1_000)
        let session = try server.api.newSession(
            "call write_file {\"path\": \"a\", \"content\": \"b\"}\nthen\nsay \(long)", hosted: true)
        try server.api.wait(session)
        var blobs = 0
        for (path, status) in try Files.tree(server.data) where !path.hasPrefix(server.data + "/workspaces/") {
            let mode = status.st_mode & 0o777
            let expected: mode_t = Files.isDirectory(status) ? 0o700 : 0o600
            #expect(mode == expected, "\(path) has mode \(String(mode, radix: 8))")
            #expect(status.st_uid == getuid(), "\(path)")
            if path.contains("/blobs/"), Files.isRegular(status) { blobs += 1 }
        }
        #expect(blobs > 0, "a long answer is in a file of its own")
        let socket = "\(server.data)/admin.sock"
        let status = try Files.tree(socket).first?.status
        #expect(status.map { $0.st_mode & 0o777 } == 0o600)
        #expect(try Self.canConnect(socket, uid: nil))
        if getuid() == 0 { #expect(try !Self.canConnect(socket, uid: 65_534)) }
    }

    /// Whether a program of this user gets through to a local socket.
    private static func canConnect(_ path: String, uid: Int?) throws -> Bool {
        let script = "use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0) && connect(S, sockaddr_un($ARGV[0])) || exit 7;"
        let perl = ["perl", "-e", script, path]
        let user = uid.map { ["setpriv", "--reuid=\($0)", "--regid=\($0)", "--clear-groups"] } ?? []
        let run = try Run("/usr/bin/env", user + perl)
        guard [.exit(0), .exit(7)].contains(run.status) else { throw Failure("\(run.status): \(run.errors)") }
        return run.status == .exit(0)
    }

    @Test func aSecondServerOnTheSameDataIsRefused() throws {
        let server = try TestServer()
        let session = try server.api.newSession("slow 20\nrepeat 20 say word")
        let second = try Run(TestServer.program, ["serve", "--data", server.data, "--port", "0"])
        #expect(second.status == .exit(1))
        #expect(second.errors.contains("already open by process \(server.pid)"), "\(second.errors)")
        #expect(second.errors.contains(server.data) && second.output.isEmpty)
        try server.api.wait(session)
        #expect(try Run(TestServer.program, ["keys", "list", "--data", server.data]).status == .exit(0))
    }

    private static func expectAbsent(_ secrets: [String], in places: [String]) throws {
        var searched = 0
        for place in places {
            for (path, status) in try Files.tree(place) where Files.isRegular(status) {
                let data = try Data(contentsOf: URL(fileURLWithPath: path))
                for secret in secrets { #expect(data.range(of: Data(secret.utf8)) == nil, "\(secret) is in \(path)") }
                searched += 1
            }
        }
        #expect(searched >= 2)
    }
}
