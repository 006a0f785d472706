import Testing

/// The server is killed at random moments while several sessions work.
@Suite(.ownThread)
struct RandomKillTests {
    private static let sessions = 4

    @Test(arguments: 1...10)
    func theServerIsKilledAtRandomMoments(_ seed: Int) throws {
        do {
            try Self.run(seed)
        } catch {
            throw Failure("seed \(seed): \(error)")
        }
    }

    private static func run(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let server = try TestServer(["HOLDFAST_LIMITS_MODEL_RETRY_BASE": "20ms"])
        let client = PersistentClient(api: server.api)
        let scripts = (0..<sessions).map { _ in (0..<3).map { script($0, &random) } }
        let ids = try (0..<sessions).map { _ in try client.newSession(nil, hosted: true) }
        let readers = ids.map { server.follow($0) }
        let gaps = (0..<3).map { _ in Int.random(in: 10...350, using: &random) }
        let work: [@Sendable () throws -> Void] = ids.indices.map { index in
            {
                for (number, text) in scripts[index].enumerated() {
                    try client.say(text, to: ids[index], key: "m\(number)")
                    // The second message steers the first one's turn, or is a turn of its own.
                    if number != 0 { try client.waitUntilIdle(ids[index]) }
                }
            }
        }
        let killed = Locked<Result<Void, any Error>?>(nil)
        // Only the killer's thread uses it while that runs.
        nonisolated(unsafe) let victim = server
        let killer: @Sendable () throws -> Void = {
            for gap in gaps {
                pause(milliseconds: gap)
                try victim.killAndRestart()
            }
            killed.with { $0 = .success(()) }
        }
        try inParallel(work + [killer])
        try #require(killed.with { $0 != nil })
        for (index, session) in ids.enumerated() {
            let promises = Promises(server: server, session: session)
            try client.waitUntilIdle(session)
            for text in scripts[index] { try promises.checkAnswered(text) }
            for number in 0..<3 { try promises.checkToken("token\(number)") }
            try promises.checkClosed()
            try promises.checkJournal()
            try promises.checkReader(readers[index])
        }
    }

    /// A script that is unlike the others of its session.
    private static func script(_ number: Int, _ random: inout SeededRandom) -> String {
        let seconds = Double(Int.random(in: 0...20, using: &random)) / 100
        let shell = "call shell {\"command\": \"echo token\(number) >> ran; sleep \(seconds)\"}"
        let words = Int.random(in: 1...20, using: &random)
        let say = "slow \(Int.random(in: 0...10, using: &random))\nrepeat \(words) say word\(number)"
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return "\(shell)\nthen\n\(say)"
        case 1: return "\(shell)\ncall clock\nthen\nreason hm\n\(say)"
        case 2: return "call clock\nthen\n\(shell)\nthen\n\(say)"
        default: return "wait \(Int.random(in: 0...150, using: &random))\n\(say)"
        }
    }
}
