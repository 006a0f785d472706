import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import HoldfastTestKit
import Testing

@Suite("Streams")
struct StreamTests {
    private static let session = RuntimeFixture.session

    /// A model that streams a long answer, slowly.
    private static func talker(_ world: DeterministicWorld) -> FakeModel {
        FakeModel { _, number, emit in
            for word in 0..<30 {
                emit(.text("word \(word) "))
                try? await world.clock.sleep(for: 7)
            }
            return ModelAnswer(text: (0..<30).map { "word \($0) " }.joined())
        }
    }

    /// What a reader of the whole past sees.
    private static func past(_ runtime: Runtime, through seq: Int64) async throws -> [StreamFrame] {
        let stream = try await runtime.stream(session: session, project: "p", from: .beginning, owner: "k")
        return try await RuntimeFixture.read(stream, through: seq)
    }

    @Test("readers that join at any moment see every event once", arguments: 0..<20 as Range<UInt64>)
    func joining(seed: UInt64) throws {
        let world = DeterministicWorld(seed: seed)
        try world.run {
            var fixture = RuntimeFixture(world, model: Self.talker(world))
            if seed.isMultiple(of: 2) { fixture.limits.streamBuffer = 100 }
            let runtime = fixture.start()
            _ = try await runtime.create(
                session: Self.session, RuntimeFixture.created(), input: [RuntimeFixture.message("hello")])
            let logs = await withTaskGroup(of: [StreamFrame].self) { group in
                for _ in 0..<6 {
                    let (wait, pause) = world.draw { ($0.number(0...400), $0.number(0...90)) }
                    group.addTask {
                        try? await world.clock.sleep(for: wait)
                        var frames: [StreamFrame] = []
                        guard
                            let stream = try? await runtime.stream(
                                session: Self.session, project: "p", from: .live, owner: "k")
                        else { return [] }
                        while true {
                            guard case .frames(let new) = try? await stream.next() else { return frames }
                            frames += new
                            if frames.last?.name == "turn.ended" { return frames }
                            try? await world.clock.sleep(for: pause)
                        }
                    }
                }
                try? await world.clock.sleep(for: 20_000)
                runtime.fanout.close()
                return await group.reduce(into: []) { $0.append($1) }
            }
            let next = fixture.start()
            let whole = try await Self.past(next, through: try await fixture.rest(next).seq)
            #expect(Set(whole.map(\.id)).count == whole.count)
            for frames in logs {
                #expect(frames == Array(whole.suffix(frames.count)))
            }
            #expect(logs.contains { $0.count > 5 })
            await runtime.stop()
            await next.stop()
        }
    }

    @Test("a stream goes on behind any event, also in another process")
    func resuming() throws {
        let world = DeterministicWorld(seed: 1)
        try world.run {
            let fixture = RuntimeFixture(world, model: Self.talker(world))
            let runtime = fixture.start()
            _ = try await runtime.create(
                session: Self.session, RuntimeFixture.created(), input: [RuntimeFixture.message("hello")])
            let end = try await fixture.rest(runtime).seq
            let whole = try await Self.past(runtime, through: end)
            #expect(whole.map(\.position) == whole.map(\.position).sorted())
            await runtime.stop()
            let next = fixture.start()
            for (index, frame) in whole.enumerated().dropLast() {
                let stream = try await next.stream(
                    session: Self.session, project: "p", from: .after(eventID: frame.id), owner: "k")
                #expect(try await RuntimeFixture.read(stream, through: end) == Array(whole[(index + 1)...]))
            }
            await next.stop()
        }
    }

    @Test("a reader that does not read loses nothing and holds nothing")
    func slow() throws {
        let world = DeterministicWorld(seed: 2)
        try world.run {
            var fixture = RuntimeFixture(world)
            fixture.limits.streamBuffer = 300
            let runtime = fixture.start()
            _ = try await runtime.create(session: Self.session, RuntimeFixture.created(), input: [])
            let stream = try await runtime.stream(session: Self.session, project: "p", from: .live, owner: "k")
            for _ in 0..<120 {
                _ = try await runtime.send(RuntimeFixture.message("more"))
                _ = try await fixture.rest(runtime)
            }
            let end = try await fixture.rest(runtime).seq
            #expect(end > 400)
            let frames = try await RuntimeFixture.read(stream, through: end)
            let whole = try await Self.past(runtime, through: end)
            #expect(frames == Array(whole.dropFirst()))
            _ = try await runtime.send(RuntimeFixture.message("and live again"))
            let last = try await fixture.rest(runtime).seq
            #expect(try await RuntimeFixture.read(stream, through: last).count == Int(last - end) + 1)
            await runtime.stop()
        }
    }

    @Test("streams that cannot be opened say why, and end with their key")
    func errorsAndEnds() throws {
        let world = DeterministicWorld(seed: 3)
        try world.run {
            let fixture = RuntimeFixture(world)
            let runtime = fixture.start()
            let state = try await runtime.create(session: Self.session, RuntimeFixture.created(), input: [])
            for (project, start) in [
                ("other", StreamStart.live), ("p", .after(eventID: state.identifiers.event(1, 7))),
                ("p", .after(eventID: state.identifiers.event(2, 0))), ("p", .after(eventID: "evt_x")),
            ] {
                await #expect(throws: StreamError.self) {
                    try await runtime.stream(session: Self.session, project: project, from: start, owner: "k")
                }
            }
            #expect(runtime.fanout.count == 0)
            let one = try await runtime.stream(session: Self.session, project: "p", from: .live, owner: "one")
            let two = try await runtime.stream(session: Self.session, project: "p", from: .live, owner: "two")
            runtime.fanout.end(owner: "one")
            guard case .ended = try await one.next() else {
                Issue.record("the stream did not end with its key")
                return
            }
            await fixture.maintain(runtime, for: 11_000)
            guard case .keepAlive = try await two.next() else {
                Issue.record("no sign of life")
                return
            }
            await runtime.stop()
            guard case .ended = try await two.next() else {
                Issue.record("the stream did not end with the server")
                return
            }
        }
    }
}
