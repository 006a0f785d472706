import ArgumentParser
import Glibc
import HoldfastCore
import NIOCore
import NIOPosix

/// What open event streams cost: memory of idle ones, and the speed of a session that many follow.
enum StreamsBench {
    static func run(streams: Int, readers: Int, options: BenchOptions) async throws -> BenchResult {
        try await BenchServer.with(options) { server, client in
            let ids = try await TurnBench.makeSessions(101, client)
            let before = server.residentMemory
            let idle = try await open(streams, sessions: Array(ids.dropFirst()), server)
            let after = server.residentMemory
            for channel in idle { try? await channel.close().get() }
            while try await server.metric("holdfast_streams_open") > 0 { try await Task.sleep(for: .milliseconds(50)) }
            let followed = ids[0]
            let alone = try await time(followed, client)
            let crowd = try await open(readers, sessions: [followed], server)
            let watched = try await time(followed, client)
            for channel in crowd { try? await channel.close().get() }
            return BenchResult(
                name: "event streams",
                figures: [
                    ("idle_streams", Double(streams)),
                    ("memory_per_stream_kb", (after - before) / Double(streams) / 1e3),
                    ("turn_alone_p50_ms", alone.percentile(0.5)), ("readers", Double(readers)),
                    ("turn_followed_p50_ms", watched.percentile(0.5)),
                ])
        }
    }

    /// How long turns take by the session's own journal, from the message to the end.
    private static func time(_ id: String, _ client: APIClient) async throws -> Latencies {
        var after = try await client.list("/agents/sessions/\(id)/journal", query: []).count
        var times: [Int64] = []
        for _ in 0..<20 {
            try await GrowthBench.turn(id, client)
            let page = try await client.get("/agents/sessions/\(id)/journal", query: [("after", "\(after)")]).list(
                "data")
            let moments = page.compactMap { $0["at"]?.integer }
            times.append(((moments.last ?? 0) - (moments.first ?? 0)) * 1_000_000)
            after += page.count
        }
        return Latencies(times)
    }

    private static func open(_ count: Int, sessions: [String], _ server: BenchServer) async throws -> [any Channel] {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur > UInt(count + 200) else {
            throw CommandFailure(
                "\(count) connections need a higher limit of open files than \(limit.rlim_cur) (ulimit -n).")
        }
        let open = SharedCounter()
        var channels: [any Channel] = []
        let group = MultiThreadedEventLoopGroup.singleton
        for index in 0..<count {
            let channel = try await ClientBootstrap(group: group)
                .channelInitializer { $0.pipeline.addHandler(OpenedHandler(open)) }
                .connect(host: "127.0.0.1", port: server.process.port).get()
            let session = sessions[index % sessions.count]
            let request =
                "GET /v1/agents/sessions/\(session)/events HTTP/1.1\r\nHost: bench\r\n"
                + "Authorization: Bearer \(server.endpoint.key ?? "")\r\n\r\n"
            try await channel.writeAndFlush(ByteBuffer(string: request))
            channels.append(channel)
        }
        while open.value < count { try await Task.sleep(for: .milliseconds(10)) }
        return channels
    }
}

/// `holdfast bench streams`.
struct StreamsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streams", abstract: "Memory of open event streams, and a session that many follow.")

    @Option(help: "Idle streams to open.")
    var streams = 10_000

    @Option(help: "Readers of one session.")
    var readers = 1_000

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await StreamsBench.run(streams: streams, readers: readers, options: options).show(json: options.json)
    }
}
