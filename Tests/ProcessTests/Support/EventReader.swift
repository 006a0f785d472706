import Foundation
import Glibc

/// One event of a stream.
struct StreamEvent: Sendable, Equatable {
    var id = ""
    var name = ""
    var data = ""

    var json: JSONValue { (try? JSONValue(parsing: data)) ?? JSONValue(raw: nil) }
    /// The place in the journal of what the event shows.
    var seq: Int { id.split(separator: "_").dropLast().last.flatMap { Int($0) } ?? 0 }
}

/// Follows a session's stream on a thread of its own.
final class EventReader: Sendable {
    private struct State {
        var events: [StreamEvent] = []
        var comments = 0
        var connections = 0
        var hasEnded = false
        var isStopped = false
        var refusal: Response?
        var socket: Socket?
    }

    private let state = Locked(State())

    /// - Parameters:
    ///   - after: the event to begin behind; `0` is the beginning, `nil` now.
    ///   - reconnects: whether it comes back with the last id it saw when the connection ends.
    init(_ api: API, session: String, after: String? = "0", reconnects: Bool = true) {
        let thread = Thread { [self] in
            repeat {
                do { try follow(api, session, after) } catch {}
                state.with { $0.hasEnded = true }
                if reconnects, !isStopped { pause(milliseconds: 5) }
            } while reconnects && !isStopped && refusal == nil
        }
        thread.start()
    }

    deinit { stop() }

    var events: [StreamEvent] { state.with { $0.events } }
    /// Comment lines: the opening one and the signs of life.
    var comments: Int { state.with { $0.comments } }
    var connections: Int { state.with { $0.connections } }
    /// Whether a connection ended.
    var hasEnded: Bool { state.with { $0.hasEnded } }
    /// The answer that was no stream.
    var refusal: Response? { state.with { $0.refusal } }
    private var isStopped: Bool { state.with { $0.isStopped } }

    func stop() {
        state.with { state in
            state.isStopped = true
            state.socket?.abort()
        }
    }

    /// Waits until there is such an event.
    @discardableResult
    func wait(
        for what: String, within limit: Duration = .seconds(20), where condition: (StreamEvent) -> Bool
    ) throws -> StreamEvent {
        try waitFor(what, within: limit) { events.first(where: condition) }
    }

    private func follow(_ api: API, _ session: String, _ after: String?) throws {
        let socket = try Socket(port: api.port)
        let isStopped = state.with { state in
            state.socket = socket
            return state.isStopped
        }
        guard !isStopped else { return }
        defer { state.with { $0.socket = nil } }
        let last = events.last?.id ?? after
        let headers = last.map { ["last-event-id": $0] } ?? [:]
        let path = "/v1/agents/sessions/\(session)/events?include_obfuscation=false"
        try socket.send(api.request("GET", path, nil, headers: headers))
        let end = ContinuousClock.now + .seconds(600)
        let head = try socket.head(until: end)
        guard head.status == 200 else {
            let length = head.headers["content-length"].flatMap(Int.init) ?? 0
            var refusal = head
            refusal.body = try socket.bytes(length, until: end)
            return state.with { $0.refusal = refusal }
        }
        state.with { $0.connections += 1 }
        var parser = EventParser()
        while let chunk = try socket.chunk(until: end) {
            let (events, comments) = parser.parse(chunk)
            state.with { state in
                state.events += events
                state.comments += comments
            }
        }
    }
}

/// Reads server-sent events out of pieces of a body.
struct EventParser {
    private var line: [UInt8] = []
    private var event = StreamEvent()

    /// The events that are complete now, and how many comments came.
    mutating func parse(_ bytes: [UInt8]) -> (events: [StreamEvent], comments: Int) {
        var events: [StreamEvent] = []
        var comments = 0
        bytes.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
                guard let end = memchr(rest.baseAddress!, 0x0A, rest.count) else {
                    return line.append(contentsOf: rest)
                }
                let length = UnsafeRawPointer(end) - rest.baseAddress!
                line.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest[..<length]))
                start += length + 1
                take(String(decoding: line, as: UTF8.self), &events, &comments)
                line.removeAll(keepingCapacity: true)
            }
        }
        return (events, comments)
    }

    private mutating func take(_ line: String, _ events: inout [StreamEvent], _ comments: inout Int) {
        if line.hasPrefix("id: ") {
            event.id = String(line.dropFirst(4))
        } else if line.hasPrefix("event: ") {
            event.name = String(line.dropFirst(7))
        } else if line.hasPrefix("data: ") {
            event.data += String(line.dropFirst(6))
        } else if line.hasPrefix(":") {
            comments += 1
        } else if line.isEmpty, !event.id.isEmpty {
            events.append(event)
            event = StreamEvent()
        }
    }
}
