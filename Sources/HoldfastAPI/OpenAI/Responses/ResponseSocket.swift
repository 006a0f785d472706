import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import HoldfastStore
import Hummingbird

/// Responses over a WebSocket: each `response.create` message is a request, answered by its events as text messages, one
/// request after the other. Responses that are not stored are known to their connection, and to nobody else
/// (Open Responses, WebSocket mode).
struct ResponseSocket: Sendable {
    static let paths: Set<String> = ["/v1/responses", "/openai/v1/responses"]

    let services: APIServices
    let identity: Identity

    private var sessions: ResponseSessions {
        ResponseSessions(services: services, identity: identity)
    }

    /// Serves a connection until the client leaves or its time is over.
    func serve(_ connection: WebSocketConnection) async {
        let services = services
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                var known = KnownResponses(limit: services.limits.socketResponses)
                for await message in connection.messages {
                    do {
                        try await answer(message, &known, connection)
                    } catch {
                        return
                    }
                }
            }
            group.addTask {
                let clock = services.runtime.clock
                do { try await clock.sleep(until: clock.now() + services.limits.socketTime) } catch { return }
                let error = APIError(
                    .badRequest, code: "websocket_connection_limit_reached",
                    "The connection has been open for as long as one may be. Open a new one.")
                try? await connection.send(JSONWriter.bytes(SocketError(error: error)))
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// Answers one message.
    /// - Throws: when the connection is gone.
    private func answer(
        _ message: [UInt8], _ known: inout KnownResponses, _ connection: WebSocketConnection
    ) async throws {
        var previous: String?
        do {
            let fields = try Request.fields(of: message, services.limits)
            guard try fields.requiredString("type") == "response.create" else {
                throw APIError.invalid("type", "'type' must be 'response.create'.")
            }
            previous = try fields.string("previous_response_id")
            let generates = try fields.bool("generate") ?? true
            let call = try await ResponseCall(fields, sessions, remembered: previous.flatMap { known[$0] })
            guard call.request.isStored, generates else {
                let response = try call.ephemeral()
                let events =
                    generates
                    ? ResponseEvents(
                        response, models: sessions.models(), clock: services.runtime.clock,
                        keepAlive: services.limits.streamKeepAlive) : ResponseEvents(ended: response)
                try await send(events, connection)
                guard let end = ResponseResource(response.current, turn: response.turn) else { return }
                if end.turn.status == .completed {
                    known.add(response, id: end.id)
                } else if let previous {
                    known.remove(previous)
                }
                return
            }
            try await send(try await call.accept().events, connection)
        } catch let error as APIError {
            // A continuation that failed is not to be tried from the same place again.
            if let previous { known.remove(previous) }
            try await connection.send(JSONWriter.bytes(SocketError(error: error)))
        } catch let error as StoreError {
            try await connection.send(JSONWriter.bytes(SocketError(error: APIError(error))))
        }
    }

    private func send(_ events: ResponseEvents, _ connection: WebSocketConnection) async throws {
        defer { events.end() }
        try await withTaskCancellationHandler {
            while true {
                switch try await events.nextStep() {
                case .events(let new):
                    for event in new { try await connection.send(event.data(isObfuscated: false)) }
                case .keepAlive: try await connection.ping()
                case .ended:
                    if !events.isTerminated {
                        try await connection.send(JSONWriter.bytes(ResponseInterruption(number: events.number)))
                    }
                    return
                }
            }
        } onCancel: {
            events.end()
        }
    }
}

/// The responses of a connection that are stored nowhere else, the newest few.
struct KnownResponses {
    private let limit: Int
    private var entries: [(id: String, response: EphemeralResponse)] = []

    init(limit: Int) { self.limit = limit }

    subscript(id: String) -> EphemeralResponse? { entries.last { $0.id == id }?.response }

    mutating func add(_ response: EphemeralResponse, id: String) {
        entries.append((id, response))
        if entries.count > limit { entries.removeFirst() }
    }

    mutating func remove(_ id: String) { entries.removeAll { $0.id == id } }
}

/// An error as a message of a socket.
private struct SocketError: JSONWritable {
    let error: APIError

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("type", "error")
            writer.member("status", Int(error.status.code))
            writer.object("error") { writer in
                writer.member("message", error.message)
                writer.member("type", error.type)
                writer.member("param", error.param)
                writer.member("code", error.code)
            }
        }
    }
}
