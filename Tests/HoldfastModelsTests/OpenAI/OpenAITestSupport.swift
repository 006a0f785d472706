import AsyncHTTPClient
import Foundation
import HoldfastCore
import HoldfastModels
import Logging
import Synchronization

/// Heads of answers.
enum Head {
    static let stream = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    /// Its body ends with the connection.
    static let unframed = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

    static func error(_ status: Int, _ fields: String = "", body: String) -> String {
        "HTTP/1.1 \(status) X\r\n\(fields)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
    }
}

/// Chunks of a Chat Completions stream.
enum Chunk {
    static let done = "data: [DONE]\n\n"
    static let usage = event(
        #"{"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20,"#
            + #""prompt_tokens_details":{"cached_tokens":60},"completion_tokens_details":{"reasoning_tokens":5}}}"#)

    static func event(_ json: String) -> String { "data: \(json)\n\n" }

    static func delta(_ delta: JSON, finish: String? = nil) -> String {
        let choice: JSON = ["index": 0, "delta": delta, "finish_reason": finish.map { .string($0) } ?? .null]
        let chunk: JSON = [
            "id": "c1", "object": "chat.completion.chunk", "choices": [choice], "usage": nil, "new": [1],
        ]
        return event(chunk.text)
    }

    static func text(_ text: String) -> String { delta(["content": .string(text)]) }
    static func finish(_ reason: String) -> String { delta([:], finish: reason) }
}

/// A provider in front of a loopback server, and what came of a call.
struct OpenAIFixture {
    static let key = "sk-test-0123456789abcdef"

    var server: LoopbackServer
    var logs = LogRecorder()
    var limits = Limits()
    var price: ModelPrice? = ModelPrice(input: 1_000_000, cachedInput: 100_000, output: 10_000_000)
    var sendsCacheKey = false

    func withProvider<Value>(_ body: (OpenAIProvider) async throws -> Value) async throws -> Value {
        let client = OpenAIProvider.makeClient(limits: limits)
        // A file and not the environment, which other threads read meanwhile.
        let keyFile = NSTemporaryDirectory() + "/holdfast-key-\(UUID().uuidString)"
        try Data("\(Self.key)\n".utf8).write(to: URL(filePath: keyFile))
        defer {
            server.stop()
            try? FileManager.default.removeItem(atPath: keyFile)
        }
        let configuration = OpenAIConfiguration(
            baseURL: server.baseURL, apiKey: .file(path: keyFile), price: price, sendsCacheKey: sendsCacheKey)
        let result: Result<Value, any Error>
        do {
            let provider = try OpenAIProvider(configuration, client: client, limits: limits, logger: logs.logger)
            result = .success(try await body(provider))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return try result.get()
    }

    func call(_ request: ModelRequest = Self.hello) async throws -> (answer: ModelAnswer, pieces: [ModelPiece]) {
        let pieces = PieceRecorder()
        let answer = try await withProvider { try await $0.call(request) { pieces.add($0) } }
        return (answer, pieces.all)
    }

    /// The error that a call throws, with the pieces that came before it.
    func failure() async throws -> (error: ModelError?, pieces: [ModelPiece]) {
        let pieces = PieceRecorder()
        do {
            _ = try await withProvider { try await $0.call(Self.hello) { pieces.add($0) } }
            return (nil, pieces.all)
        } catch let error as ModelError {
            return (error, pieces.all)
        }
    }

    static let hello = ModelRequest(model: "m", context: [.user([.text("hello")])], session: "sess_1")
}

/// Keeps log lines, whole.
final class LogRecorder: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { [self] _ in Handler(recorder: self) } }

    private struct Handler: LogHandler {
        var recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            recorder.kept.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
        }
    }
}
