import AsyncHTTPClient
import HoldfastCore
import NIOCore

/// Reads a session's events for as long as wanted: when the connection breaks or the server restarts, it connects
/// again and goes on after the last event that it saw.
struct EventFollower: Sendable {
    /// What happens to the connection.
    enum Notice: Sendable {
        /// Connected; the first time, or again after `lost`.
        case connected(isAgain: Bool)
        /// The connection broke; it will be tried again.
        case lost(String)
    }

    /// Where reading begins.
    enum Start: Sendable {
        /// What happens from now on.
        case live
        /// The session's first event.
        case beginning
        /// After the event with this id.
        case after(String)
    }

    let client: APIClient
    let session: String
    /// How long a server may be away before following ends with an error.
    var patience: Duration = .seconds(300)
    var notice: @Sendable (Notice) -> Void = { _ in }

    /// Hands every event to the body, once and in order, until the body returns `false`.
    func follow(from start: Start, _ body: (StreamEvent) async throws -> Bool) async throws {
        let place = Place(start)
        while true {
            do {
                if try await read(place, body) { return }
                throw StreamEnded()
            } catch let error where !Self.isRecoverable(error) || Task.isCancelled {
                throw error
            } catch {
                if place.lostAt == nil { notice(.lost(Self.reason(error))) }
                let since = place.lostAt ?? .now
                place.lostAt = since
                guard ContinuousClock.now - since < patience else { throw error }
            }
            try await Task.sleep(for: place.pause.next())
        }
    }

    /// Reads one connection to its end; `true` when the body wants no more.
    private func read(_ place: Place, _ body: (StreamEvent) async throws -> Bool) async throws -> Bool {
        let path = "/agents/sessions/\(Endpoint.escaped(session))/events"
        return try await client.stream(path, query: place.query, headers: place.headers) { chunks in
            notice(.connected(isAgain: place.lostAt != nil))
            place.lostAt = nil
            place.pause = Backoff()
            return try await read(chunks, place, body)
        }
    }

    private func read(
        _ chunks: HTTPClientResponse.Body, _ place: Place, _ body: (StreamEvent) async throws -> Bool
    ) async throws -> Bool {
        var parser = ServerSentEventParser()
        var iterator = chunks.makeAsyncIterator()
        while true {
            let chunk: ByteBuffer?
            do {
                chunk = try await iterator.next()
            } catch {
                // An error of the connection is told apart from one of the body below.
                throw StreamEnded(cause: error)
            }
            guard let chunk else { return false }
            for event in parser.feed(chunk.readableBytesView).compactMap(StreamEvent.init) {
                if !event.id.isEmpty { place.start = .after(event.id) }
                guard try await body(event) else { return true }
            }
        }
        return false
    }

    private static func isRecoverable(_ error: any Error) -> Bool {
        if error is Unreachable || error is StreamEnded { return true }
        return (error as? APIError)?.isTransient == true
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case is Unreachable: "the server does not answer"
        case let error as APIError: error.description
        default: "the connection ended"
        }
    }
}

/// A stream ended although more was wanted.
private struct StreamEnded: Error {
    var cause: (any Error)?
}

/// How far reading is, over all connections.
private final class Place {
    var start: EventFollower.Start
    /// Since when there has been no connection; `nil` while there is one and before the first.
    var lostAt: ContinuousClock.Instant?
    var pause = Backoff()

    init(_ start: EventFollower.Start) { self.start = start }

    var query: [(String, String?)] {
        let isBeginning = if case .beginning = start { true } else { false }
        return [("after", isBeginning ? "0" : nil), ("include_obfuscation", "false")]
    }

    var headers: [(String, String)] {
        if case .after(let id) = start { [("Last-Event-ID", id)] } else { [] }
    }
}

/// Growing pauses between attempts.
private struct Backoff {
    private var milliseconds = 50

    mutating func next() -> Duration {
        defer { milliseconds = min(2_000, milliseconds * 2) }
        return .milliseconds(Int.random(in: milliseconds / 2...milliseconds))
    }
}
