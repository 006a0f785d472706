import Foundation
import Glibc

/// A model provider that counts what it answers with, as a real one bills it.
final class MockProvider: Sendable {
    /// How it answers.
    enum Behaviour: Sendable {
        /// With these tokens, streamed when the request asks for it.
        case good(input: Int, output: Int)
        /// With tokens that differ from call to call.
        case counting
        /// The same, in a chunked body without a known length.
        case chunked
        /// A whole answer with this status.
        case status(Int, headers: String)
        /// Nothing, until the other side gives up.
        case silent
        /// A few chunks, then the connection breaks.
        case breaksOff
        /// A few chunks, then nothing more until the other side gives up.
        case hangs
    }

    /// What it sold.
    struct Bill: Sendable, Equatable {
        var calls = 0
        var input = 0
        var output = 0
    }

    let port: Int
    private let listener: Upstream
    private let behaviour: Locked<Behaviour>
    private let billed = Locked(Bill())
    private let texts = Locked<[String]>([])
    private let isOver = Locked(false)

    init(_ behaviour: Behaviour = .counting) throws {
        listener = try Upstream()
        port = listener.port
        self.behaviour = Locked(behaviour)
        let (listener, isOver) = (listener, isOver)
        Thread.detachNewThread { [weak self] in
            while !isOver.value {
                guard let accepted = try? listener.accept() else { continue }
                let call = Locked(accepted)
                Thread.detachNewThread { [weak self] in self?.serve(call.with { $0 }) }
            }
        }
    }

    /// Ends with the next connection or after ten seconds.
    deinit { isOver.with { $0 = true } }

    var bill: Bill { billed.value }
    /// The requests that came, oldest first.
    var requests: [String] { texts.value }

    func set(_ behaviour: Behaviour) { self.behaviour.with { $0 = behaviour } }

    private func serve(_ call: Upstream.Call) {
        while let request = try? call.request() {
            texts.with { $0.append(request) }
            do { guard try answer(call.socket, request) else { return } } catch { return }
        }
    }

    /// Answers one request; whether the connection can be used again.
    private func answer(_ socket: Socket, _ request: String) throws -> Bool {
        let isStreamed = request.contains(#""stream":true"#)
        switch behaviour.value {
        case .good(let input, let output): try complete(socket, request, input, output, isStreamed, isChunked: false)
        case .counting, .chunked:
            let isChunked = if case .chunked = behaviour.value { true } else { false }
            let calls = texts.with { $0.count }
            try complete(socket, request, 10 + calls % 7, 3 + calls % 11, isStreamed, isChunked: isChunked)
        case .status(let status, let headers):
            let body = #"{"error":{"message":"the mock says \#(status)","type":"x","param":null,"code":null}}"#
            try socket.send(
                "HTTP/1.1 \(status) X\r\n\(headers)content-type: application/json\r\n"
                    + "content-length: \(body.utf8.count)\r\n\r\n\(body)")
        case .silent:
            _ = try? socket.rest(until: .now + .seconds(30))
            return false
        case .breaksOff:
            try socket.send(Self.streamHead + Self.chunk(Self.delta("broken ")))
            socket.abort()
            return false
        case .hangs:
            try socket.send(Self.streamHead + (0..<3).map { _ in Self.chunk(Self.delta("w ")) }.joined())
            _ = try? socket.rest(until: .now + .seconds(30))
            return false
        }
        return true
    }

    private func complete(
        _ socket: Socket, _ request: String, _ input: Int, _ output: Int, _ isStreamed: Bool, isChunked: Bool
    ) throws {
        let usage = #"{"prompt_tokens":\#(input),"completion_tokens":\#(output),"total_tokens":\#(input + output)}"#
        billed.with { bill in
            bill.calls += 1
            bill.input += input
            bill.output += output
        }
        if isStreamed {
            let words = (0..<3).map { _ in Self.delta("w ") }.joined()
            let end = #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}"# + "\n\n"
            let last = #"data: {"choices":[],"usage":\#(usage)}"# + "\n\n"
            let asked = request.contains(#""include_usage":true"#)
            let text = words + end + (asked ? last : "") + "data: [DONE]\n\n"
            // In pieces that know nothing of events.
            let bytes = Array(text.utf8)
            let pieces = stride(from: 0, to: bytes.count, by: 37).map {
                Self.chunk(String(decoding: bytes[$0..<min($0 + 37, bytes.count)], as: UTF8.self))
            }
            try socket.send(Self.streamHead + pieces.joined() + "0\r\n\r\n")
            return
        }
        let answer =
            #"{"id":"x","usage_note":"\"usage\":{","choices":[{"index":0,"message":{"role":"assistant","content":"#
            + #""the \"usage\": {} of words"},"finish_reason":"stop"}],"usage":\#(usage)}"#
        if isChunked {
            let half = answer.index(answer.startIndex, offsetBy: answer.count - 30)
            try socket.send(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
                    + Self.chunk(String(answer[..<half])) + Self.chunk(String(answer[half...])) + "0\r\n\r\n")
        } else {
            try socket.send(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(answer.utf8.count)\r\n\r\n"
                    + answer)
        }
    }

    private static let streamHead =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

    private static func chunk(_ text: String) -> String {
        "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
    }

    private static func delta(_ text: String) -> String {
        #"data: {"choices":[{"index":0,"delta":{"content":"\#(text)"}}],"usage":null}"# + "\n\n"
    }
}

/// A configuration file.
final class ConfigurationFile {
    private let directory: TemporaryDirectory

    init(_ text: String) throws {
        directory = try TemporaryDirectory()
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    var path: String { directory.path + "/holdfast.yaml" }
    var environment: [String: String] { ["HOLDFAST_CONFIG": path] }
}
