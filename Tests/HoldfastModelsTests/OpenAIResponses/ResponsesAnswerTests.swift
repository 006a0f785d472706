import HoldfastCore
import HoldfastModels
import Testing

@Suite("Responses upstream: answers", .timeLimit(.minutes(1)))
struct ResponsesAnswerTests {
    @Test("reasoning, text and calls have their shapes, and are shown as they come")
    func plain() async throws {
        let reasoning = Output.reasoning("first", "second")
        let (answer, pieces, _) = try await OpenAIFixture.answer(
            Event.created, Event.of("response.of_the_future", ["x": 1]), Event.added(0, "reasoning"),
            Event.summary(0, "fir"), Event.summary(0, "st"), Event.summary(0, part: 1, "second"),
            Event.done(0, reasoning), Event.added(1, "message"), Event.text(1, "hel"), Event.text(1, "lo"),
            Event.done(1, Output.message("hello")), Event.added(2, "function_call"),
            Event.done(2, Output.call("add", #"{"a":1}"#)),
            Event.done(3, ["type": "custom_tool_call", "call_id": "c", "name": "run", "input": "free text"]),
            Event.completed())
        #expect(answer.reasoning == "first\n\nsecond" && answer.text == "hello" && answer.output.isEmpty)
        #expect(answer.replay == ["responses": .object(reasoning)])
        #expect(
            answer.calls == [
                .init(name: "add", arguments: #"{"a":1}"#), .init(name: "run", arguments: "free text", isCustom: true),
            ])
        #expect(answer.usage == TokenUsage(input: 100, cached: 60, cacheWrite: 7, output: 20, reasoning: 5))
        #expect(answer.cost == 40 + 6 + 200 && !answer.isTruncated)
        #expect(
            pieces == [
                .reasoning("fir"), .reasoning("st"), .reasoning("\n\nsecond"), .item(reasoning), .text("hel"),
                .text("lo"),
            ])
    }

    @Test("items without a shape keep their place and every member")
    func items() async throws {
        let (later, unknown) = (Output.message("more", id: "msg_v"), ["type": "of_the_future", "x": [1]] as JSONObject)
        let namespaced = JSONObject(Output.call("add", "{}").members + [.init(name: "namespace", value: "math")])
        let (answer, pieces, _) = try await OpenAIFixture.answer(
            Event.done(0, Output.search), Event.added(1, "message"), Event.text(1, "hi"),
            Event.done(1, Output.message("hi", phase: "commentary")), Event.done(2, unknown),
            Event.done(3, Output.reasoning()), Event.done(4, Output.reasoning(encrypted: "2")), Event.done(5, later),
            Event.done(6, namespaced), Event.done(7, Output.call("f", "{}")), Event.completed())
        #expect(
            answer.output == [
                .item(Output.search), .message, .item(unknown), .reasoning, .item(Output.reasoning(encrypted: "2")),
                .item(later), .item(namespaced), .call(0),
            ])
        #expect(answer.messageMembers == ["phase": "commentary"] && answer.withWholeText.text == "hi\n\nmore")
        #expect(pieces == [.item(Output.search), .text("hi")])
    }

    @Test("annotations, probabilities, refusals and messages of several parts are kept")
    func messages() async throws {
        let part: JSON = [
            "type": "output_text", "text": "cited", "annotations": [["type": "url_citation"]],
            "logprobs": [["token": "c"]],
        ]
        var message = Output.message("")
        message["content"] = [part]
        let cited = try await OpenAIFixture.answer(Event.done(0, message), Event.completed()).answer
        #expect(cited.annotations == [["type": "url_citation"]] && cited.logprobs == [["token": "c"]])
        message["content"] = [["type": "refusal", "refusal": "no"]]
        let refused = try await OpenAIFixture.answer(Event.done(0, message), Event.completed()).answer
        #expect(refused.refusal == "no" && refused.text.isEmpty)
        message["content"] = [part, ["type": "refusal", "refusal": "no"]]
        let both = try await OpenAIFixture.answer(Event.done(0, message), Event.completed()).answer
        #expect(both.text == "cited\n\nno" && both.messageMembers["content"] == message["content"])
    }

    @Test("what only the last event says counts too, and so does an answer that is not streamed")
    func whole() async throws {
        let output: [JSON] = [.object(Output.search), .object(Output.message("hi"))]
        let last = try await OpenAIFixture.answer(Event.completed(output)).answer
        #expect(last.text == "hi" && last.output == [.item(Output.search), .message])
        let body = JSON.object(["object": "response", "status": "completed", "output": .array(output)]).text
        let head = Head.error(200, "Content-Type: application/json\r\n", body: body)
        let answer = try await OpenAIFixture(server: LoopbackServer([.send(head)])).withResponses { provider in
            try await provider.call(OpenAIFixture.hello) { _ in }
        }
        #expect(answer.text == "hi")
    }

    @Test("a server that counts no places loses nothing", arguments: [false, true])
    func places(isRepeated: Bool) async throws {
        let output: [JSON] = [.object(Output.reasoning()), .object(Output.message("hi"))]
        let answer = try await OpenAIFixture.answer(
            Event.done(0, Output.reasoning()), Event.done(0, Output.message("hi")),
            Event.completed(isRepeated ? output : [])
        ).answer
        #expect(answer.text == "hi" && answer.replay != nil && answer.output.isEmpty)
    }

    @Test("a cut answer says why", arguments: ["max_output_tokens", "content_filter"])
    func incomplete(reason: String) async throws {
        let end: JSONObject = [
            "response": ["status": "incomplete", "incomplete_details": ["reason": .string(reason)], "output": []]
        ]
        let answer = try await OpenAIFixture.answer(
            Event.done(0, Output.message("half")), Event.of("response.incomplete", end)
        ).answer
        #expect(answer.text == "half" && answer.isFiltered == (reason == "content_filter"))
        #expect(answer.isTruncated != answer.isFiltered)
    }
}
