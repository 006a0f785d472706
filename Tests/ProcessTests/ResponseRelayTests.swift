import Foundation
import Testing

/// Responses that pass through to an upstream of the same API.
@Suite(.ownThread)
struct ResponseRelayTests {
    private static let created = """
        event: response.created
        data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_u","object":"response","output":[]}}


        """
    private static let completed = """
        event: response.completed
        data: {"type":"response.completed","sequence_number":1,"response":{"id":"resp_u","status":"completed"}}


        """

    /// A server with this upstream; its settings are in the directory.
    private static func start(_ upstream: Upstream) throws -> (TestServer, TemporaryDirectory) {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/holdfast.yaml"
        let settings = """
            providers:
              up:
                api: responses
                base_url: http://127.0.0.1:\(upstream.port)/v1
                models: ["up/*"]
                upstream: {"up/*": "*"}
            """
        try settings.write(toFile: file, atomically: true, encoding: .utf8)
        return (try TestServer(["HOLDFAST_CONFIG": file]), directory)
    }

    /// What a client gets of a request, and what the upstream got, when the upstream sends these bytes and closes.
    private static func relay(_ events: String, _ body: [String: Any]) throws -> (answer: Response, sent: String) {
        let upstream = try Upstream()
        let (server, directory) = try start(upstream)
        defer { withExtendedLifetime((server, directory)) {} }
        let client = try Socket(port: server.port)
        try client.send(server.api.request("POST", "/v1/responses", try JSONValue.bytes(body)))
        let call = try upstream.accept()
        let sent = try call.request()
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        try call.socket.send(Array((head + events).utf8))
        call.socket.close()
        return (try client.response(), sent)
    }

    private static func request(_ more: [String: Any] = [:]) -> [String: Any] {
        ["model": "up/m", "input": "hi", "store": false, "stream": true, "of_the_future": ["x": 1]].merging(more) { $1 }
    }

    @Test func bytesPassAndDoneIsAdded() throws {
        let (answer, sent) = try Self.relay(Self.created + Self.completed, Self.request())
        #expect(answer.text == Self.created + Self.completed + "data: [DONE]\n\n")
        #expect(sent.hasPrefix("POST /v1/responses HTTP/1.1") && sent.contains(#""model":"m""#))
        #expect(sent.contains("of_the_future"))
        let (done, _) = try Self.relay(Self.created + Self.completed + "data: [DONE]\n\n", Self.request())
        #expect(done.text == answer.text)
    }

    @Test func aStreamThatBreaksOffIsEnded() throws {
        for half in [
            "", "event: response.output_text.delta\ndata: {\"type\":\"resp", String(Self.completed.dropLast(4)),
        ] {
            let (answer, _) = try Self.relay(Self.created + half, Self.request())
            let events = answer.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
            #expect(events.count == 3 && events[0] + "\n\n" == Self.created && events[2] == "data: [DONE]")
            let data = try #require(events[1].components(separatedBy: "data: ").last)
            let event = try JSONValue(parsing: data)
            #expect(event["type"].text == "response.failed" && event["sequence_number"].integer == 1)
            #expect(event["response"]["id"].text == "resp_u" && event["response"]["status"].text == "failed")
            #expect(event["response"]["error"]["code"].text == "server_error")
        }
        let (unframed, _) = try Self.relay(Self.created + Self.completed.dropLast(2), Self.request())
        #expect(unframed.text == Self.created + Self.completed + "data: [DONE]\n\n")
        let (answer, _) = try Self.relay("", Self.request())
        #expect(answer.text.hasPrefix("event: error\ndata: {\"type\":\"error\""))
        #expect(answer.text.hasSuffix("data: [DONE]\n\n"))
    }

    @Test func whatOnlyThisServerKnowsIsTranslated() throws {
        let item = ["type": "compaction", "encrypted_content": "holdfast.compaction.1:short"]
        let (answer, sent) = try Self.relay(Self.created + Self.completed, Self.request(["input": [item]]))
        #expect(sent.contains("Summary of the conversation so far:") && !sent.contains("of_the_future"))
        #expect(answer.text.contains("response.completed") && !answer.text.contains("resp_u"))
    }

    @Test func aClientThatLeavesEndsTheUpstreamsCall() throws {
        let upstream = try Upstream()
        let (server, directory) = try Self.start(upstream)
        defer { withExtendedLifetime((server, directory)) {} }
        let onlyHere = ["type": "compaction", "encrypted_content": "holdfast.compaction.1:short"]
        for more in [[:], ["stream": false], ["input": [onlyHere]]] as [[String: Any]] {
            let client = try Socket(port: server.port)
            try client.send(
                server.api.request("POST", "/v1/responses", try JSONValue.bytes(Self.request(more))))
            let call = try upstream.accept()
            _ = try call.request()
            try call.socket.send(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
            client.close()
            let begin = ContinuousClock.now
            _ = try call.socket.rest(until: begin + .seconds(10))
            #expect(ContinuousClock.now - begin < .seconds(1))
        }
    }
}
