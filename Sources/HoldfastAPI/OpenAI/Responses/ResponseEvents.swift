import HoldfastCore
import HoldfastModels
import HoldfastRuntime

/// The events of one response, numbered from 0, for one reader.
///
/// `@unchecked Sendable`: made by a request's handler and then read by the one task that writes the answer.
final class ResponseEvents: @unchecked Sendable {
    /// What the reader does next.
    enum Step {
        case events([Event])
        /// Nothing happened for a while.
        case keepAlive
        /// The last event was handed out, or the server stops.
        case ended
    }

    /// One event: its type, and its data as a JSON object without the closing brace.
    struct Event: Sendable {
        let name: String
        let number: Int
        let openData: [UInt8]

        /// The data as one line of JSON.
        /// - Parameter isObfuscated: adds random padding to pieces of text, so that their size says little.
        func data(isObfuscated: Bool) -> [UInt8] {
            var data = openData
            data += Array(",\"sequence_number\":\(number)".utf8)
            if isObfuscated, name.hasSuffix(".delta") {
                var generator = SystemRandomNumberGenerator()
                let padding = Base32.encode(generator.next(), count: Int.random(in: 1...12, using: &generator))
                data += Array(",\"obfuscation\":\"\(padding)\"".utf8)
            }
            data.append(UInt8(ascii: "}"))
            return data
        }
    }

    private enum Source {
        case stored(SessionStream)
        case ephemeral(AsyncStream<[StreamFrame]>.Iterator)
    }

    private var source: Source
    private var next = 0
    private let after: Int
    private var isOver = false

    /// The events of a stored response, out of a stream that begins with its turn.
    /// - Parameter after: the number of the last event that the reader knows, -1 for none.
    init(stored stream: SessionStream, after: Int = -1) {
        source = .stored(stream)
        self.after = after
    }

    /// The events of a response that is not stored; it runs for as long as they are read.
    /// - Parameter keepAlive: how often a reader that waits is told so.
    init(
        _ response: EphemeralResponse, models: any ModelProvider, clock: any RuntimeClock, keepAlive: Milliseconds
    ) {
        let (frames, continuation) = AsyncStream.makeStream(of: [StreamFrame].self)
        continuation.yield(response.opening)
        let run = Task {
            await withTaskGroup { group in
                group.addTask {
                    // The failure is in the events.
                    try? await response.run(models) { continuation.yield($0) }
                }
                group.addTask {
                    while (try? await clock.sleep(until: clock.now() + keepAlive)) != nil { continuation.yield([]) }
                }
                await group.next()
                group.cancelAll()
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in run.cancel() }
        cancel = { run.cancel() }
        source = .ephemeral(frames.makeAsyncIterator())
        after = -1
    }

    /// The events of a response that is not stored and asks the model nothing: it only remembers its input.
    init(ended response: EphemeralResponse) {
        let (frames, continuation) = AsyncStream.makeStream(of: [StreamFrame].self)
        continuation.yield(response.opening)
        continuation.yield(response.endWithoutAnswer())
        continuation.finish()
        source = .ephemeral(frames.makeAsyncIterator())
        after = -1
    }

    /// Ends a model call that nobody reads any more.
    private(set) var cancel: @Sendable () -> Void = {}

    /// Ends the stream from outside.
    func end() {
        if case .stored(let stream) = source { stream.end() } else { cancel() }
    }

    func nextStep() async throws -> Step {
        guard !isOver else { return .ended }
        switch source {
        case .stored(let stream):
            switch try await stream.next() {
            case .frames(let frames): return .events(take(frames))
            case .keepAlive: return .keepAlive
            case .ended:
                isOver = true
                return .ended
            }
        case .ephemeral(var iterator):
            let frames = await iterator.next()
            source = .ephemeral(iterator)
            guard let frames else {
                isOver = true
                return .ended
            }
            return frames.isEmpty ? .keepAlive : .events(take(frames))
        }
    }

    /// Whether the response's last event was handed out.
    private(set) var isTerminated = false

    /// The number that the next event would have.
    var number: Int { next }

    private func take(_ frames: [StreamFrame]) -> [Event] {
        var events: [Event] = []
        for frame in frames where !isOver {
            if next > after { events.append(Event(name: frame.name, number: next, openData: frame.openData)) }
            next += 1
            if ResponseEventWriter.terminal.contains(frame.name) {
                isOver = true
                isTerminated = true
            }
        }
        return events
    }
}
