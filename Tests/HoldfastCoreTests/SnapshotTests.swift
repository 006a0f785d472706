import HoldfastCore
import Testing

@Suite("Snapshots and journals")
struct SnapshotTests {
    /// A session in which everything there is happened.
    private func everything() throws -> SessionDriver {
        var session = SessionDriver(
            environment: SessionEnvironment(kind: .hosted, id: "env_1", size: "small"), spendLimit: 100)
        try session.send(.environment(EnvironmentChanged(status: .connected)))
        try session.send(.input([.messages([[.text("a\n\"b\""), .image(url: "data:x")]])]))
        try session.stream(.reasoning("hm"), .text("let"))
        try session.fail()
        try session.answer("let me", ["w1", "r1", "f1", "x1"])
        try session.send(.toolOutput(.init(call: session.open[0], attempt: 1), "half"))
        try session.send(.recover)
        try session.result(session.open[1], .parts([.text("t")]))
        try session.finish(session.open[0], attempt: 2)
        try session.say("steer")
        try session.answer("then")
        try session.send(.input([.cancel]))
        try session.send(.update(SessionUpdated(metadata: ["k": "v"], spendLimit: SessionUpdated.SpendLimit.none)))
        try session.say("more")
        try session.fail(isRetryable: false)
        try session.say("and more")
        try session.answer("", ["f1", "w1"])
        return session
    }

    @Test("a state survives its snapshot at every event")
    func states() throws {
        let journal = try everything().journal
        for count in 1...journal.count {
            let state = try #require(
                SessionCore.refold(session: SessionDriver.id, from: nil, journal.prefix(count).map { ($0, $1) }))
            let json = try JSONParser.parse(JSONWriter.bytes(state)).object
            #expect(try SessionState(#require(json)) == state)
        }
    }

    @Test("refolding gives the same state, from any snapshot")
    func refold() throws {
        let session = try everything()
        let journal = session.journal.map { (event: $0.event, at: $0.at) }
        for count in 0...journal.count {
            let start = SessionCore.refold(session: SessionDriver.id, from: nil, journal.prefix(count))
            #expect((start == nil) == (count == 0))
            #expect(
                SessionCore.refold(session: SessionDriver.id, from: start, journal.dropFirst(count)) == session.state)
        }
    }

    @Test("a damaged snapshot is refused")
    func damaged() throws {
        let state = try everything().state
        for name in ["id", "seq", "agent", "environment", "turns", "items", "open", "usage", "spent"] {
            var json = try #require(JSONParser.parse(JSONWriter.bytes(state)).object)
            json[name] = nil
            #expect(throws: JSONReadError.self) { try SessionState(json) }
            json[name] = "text"
            if name != "id" { #expect(throws: JSONReadError.self) { try SessionState(json) } }
        }
    }

    @Test("a long list is the same however it was made", arguments: [0, 1, 63, 64, 65, 200])
    func appendLog(count: Int) {
        var log = AppendLog(0..<count)
        let copy = log
        #expect(Array(log) == Array(0..<count))
        #expect(log.last == (count == 0 ? nil : count - 1))
        log.append(-1)
        #expect(Array(copy) == Array(0..<count))
        #expect(log.count == count + 1)
        for index in log.indices { log[index] += 1 }
        #expect(Array(log) == Array(1...count + 1).dropLast() + [0])
        #expect(copy == AppendLog(0..<count))
    }
}
