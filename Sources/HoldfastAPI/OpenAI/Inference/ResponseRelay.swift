import HoldfastCore
import NIOCore
import Synchronization

/// Looks after the event stream of a response that passes through: only whole events go on, and a stream that breaks off
/// is ended with `response.failed`, or with `error` when the response was never seen; `data: [DONE]` is always the last.
final class ResponseRelay: Sendable {
    private struct State {
        /// The beginning of an event that is not whole yet.
        var pending = ByteBuffer()
        /// Bytes of it that are known to hold no end.
        var scanned = 0
        /// The data of `response.created`.
        var created: [UInt8] = []
        var events = 0
        var isTerminated = false
        var isDone = false
    }

    private static let terminal = ResponseEventWriter.terminal.union(["error"])
    /// The type of an event stands within this many bytes of its data.
    private static let typePlace = 256

    private let maximumEvent: Int
    private let state = Mutex(State())

    init(maximumEvent: Int) { self.maximumEvent = maximumEvent }

    /// Takes bytes as they come, and returns the events that are whole with them. An event has a bound.
    func take(_ bytes: ByteBuffer) throws(ModelError) -> ByteBuffer {
        try state.withLock { (state) throws(ModelError) in
            state.pending.writeImmutableBuffer(bytes)
            var whole = ByteBuffer()
            while let length = Self.eventLength(&state), var event = state.pending.readSlice(length: length) {
                Self.note(event, &state)
                // The mark of the end comes at the end, which may need another event before it.
                if !state.isDone { whole.writeBuffer(&event) }
            }
            guard state.pending.readableBytes <= maximumEvent else {
                throw ModelError(
                    .server, "the provider sent an event above \(maximumEvent) bytes", isRetryable: false)
            }
            state.pending.discardReadBytes()
            return whole
        }
    }

    /// What must follow when the upstream has ended.
    /// - Parameter error: why it broke off; `nil` when it closed the stream.
    func end(_ error: ModelError?) -> ByteBuffer {
        state.withLock { state in
            var rest = ByteBuffer()
            // Some servers leave out the blank line behind their last event.
            if error == nil, Self.isWhole(Self.parts(of: state.pending).data) {
                var last = state.pending
                last.writeString("\n\n")
                Self.note(last, &state)
                if !state.isDone { rest.writeBuffer(&last) }
            }
            if !state.isTerminated { rest.writeString(Self.failure(state, error)) }
            rest.writeString("data: [DONE]\n\n")
            return rest
        }
    }

    /// The bytes up to and with the blank line that ends an event.
    private static func eventLength(_ state: inout State) -> Int? {
        let view = state.pending.readableBytesView
        var index = view.startIndex + max(0, state.scanned - 3)
        while let end = view[index...].firstIndex(of: 0x0A) {
            let next = end + 1
            if next < view.endIndex, view[next] == 0x0A {
                state.scanned = 0
                return next + 1 - view.startIndex
            }
            if next + 1 < view.endIndex, view[next] == 0x0D, view[next + 1] == 0x0A {
                state.scanned = 0
                return next + 2 - view.startIndex
            }
            index = next
        }
        state.scanned = view.count
        return nil
    }

    private static func isWhole(_ data: [UInt8]) -> Bool {
        data.elementsEqual("[DONE]".utf8) || (try? JSONParser.parse(data)) != nil
    }

    private static func parts(of event: ByteBuffer) -> (name: String?, data: [UInt8]) {
        var name: String?
        var data: [UInt8] = []
        for line in event.readableBytesView.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            if line.starts(with: "event:".utf8) {
                name = String(String(decoding: line.dropFirst(6), as: UTF8.self).drop { $0 == " " })
            } else if line.starts(with: "data:".utf8) {
                data = Array(line.dropFirst(5).drop { $0 == 0x20 })
            }
        }
        return (name, data)
    }

    private static func note(_ event: ByteBuffer, _ state: inout State) {
        let (name, data) = parts(of: event)
        guard !data.isEmpty else { return }
        if data.elementsEqual("[DONE]".utf8) {
            state.isDone = true
            return
        }
        state.events += 1
        let type = name ?? Self.type(of: data)
        if type == "response.created" { state.created = data }
        if terminal.contains(type) { state.isTerminated = true }
    }

    /// The type of an event without a name of its own.
    private static func type(of data: [UInt8]) -> String {
        let head = String(decoding: data.prefix(typePlace), as: UTF8.self)
        return (terminal.union(["response.created"])).first { head.contains("\"\($0)\"") } ?? ""
    }

    private static func failure(_ state: State, _ error: ModelError?) -> String {
        let message = error?.message ?? "The provider ended the stream before the response was complete."
        guard var response = (try? JSONParser.parse(state.created))?["response"]?.object else {
            let event: JSON = [
                "type": "error", "code": "server_error", "message": .string(message), "param": nil,
                "sequence_number": .integer(Int64(state.events)),
            ]
            return "event: error\ndata: \(event.text)\n\n"
        }
        response["status"] = "failed"
        response["error"] = ["code": "server_error", "message": .string(message)]
        let event: JSON = [
            "type": "response.failed", "response": .object(response),
            "sequence_number": .integer(Int64(state.events)),
        ]
        return "event: response.failed\ndata: \(event.text)\n\n"
    }
}
