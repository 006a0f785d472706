import HoldfastCore
import HoldfastModels
import Testing

@Suite("Improv: answers")
struct ImprovAnswerTests {
    @Test(
        "what is dictated is said",
        arguments: [
            ("Reply with exactly: pong", "pong"), ("Say exactly 'hello world'.", "hello world"),
            ("Respond with X only", "X"), ("Reply with only the word banana. Do not add anything.", "banana"),
            ("Please respond with just \"yes\" and nothing else", "yes"),
            ("say exactly héllo → wörld", "héllo → wörld"), ("reply exactly (ok)", "(ok)"),
        ])
    func dictated(text: String, expected: String) async throws {
        #expect(try await Improv.ask(text).text == expected)
    }

    @Test(
        "what was told is found again",
        arguments: [
            ("My name is Ada.", "What is my name?", "Ada"), ("I'm Bob, hello", "Who am I?", "Bob"),
            ("Remember the number 4711.", "Which number did I ask you to remember?", "4711"),
            ("I live in Lisbon. It is nice.", "Where do I live?", "Lisbon"),
            ("My favourite colour is teal.", "what's my favorite color", "teal"),
            ("The secret code is ORCHID-7", "What is the secret code?", "ORCHID-7"),
        ])
    func recall(told: String, asked: String, expected: String) async throws {
        let earlier: [ContextEntry] = [
            .user([.text("We have a dog.")]), .assistant("Fine."), .user([.text(told)]), .assistant("I see."),
        ]
        #expect(try await Improv.ask(asked, earlier: earlier).text.contains(expected))
        #expect(try await Improv.ask(asked).text.contains(expected) == false)
        #expect(try await Improv.ask(asked, instructions: told).text.contains(expected))
    }

    @Test("JSON is an object, with the members that the request names")
    func jsonObject() async throws {
        let text = "Tell me a joke about cats. Return a JSON with 'setup' and 'punchline' keys."
        let json = try JSONParser.parse(try await Improv.ask(text) { $0.format = .jsonObject }.text)
        #expect(json.object?.members.map(\.name) == ["setup", "punchline"])
        let free = try await Improv.ask("Anything as JSON") { $0.format = .jsonObject }
        #expect(try JSONParser.parse(free.text).object?.isEmpty == false)
        let schema = JSON.object(Improv.object(["city": ["type": "string"]])).text
        let written = try await Improv.ask("I am in Rome", instructions: "Answer as JSON by this schema: \(schema)")
        #expect(written.text == #"{"city":"Rome"}"#)
    }

    @Test("images and files are mentioned")
    func images() async throws {
        let parts: [ContentPart] = [.text("describe"), .image(url: "http://i"), .other(["type": "input_file"])]
        let request = ModelRequest(model: "improv", context: [.user(parts)])
        let answer = try await ImprovProvider().call(request, emit: { _ in })
        #expect(answer.text.contains("1 image and 1 file"))
    }

    @Test("limits and stop sequences end an answer")
    func ends() async throws {
        let text = "say exactly 'one two three four'"
        let short = try await Improv.ask(text) { $0.maxOutputTokens = 2 }
        #expect(short.text == "one two " && short.isTruncated && short.usage.output == 2)
        let whole = try await Improv.ask(text) { $0.maxOutputTokens = 4 }
        #expect(whole.text == "one two three four" && !whole.isTruncated)
        let stopped = try await Improv.ask(text) { $0.stop = ["four", " three"] }
        #expect(stopped.text == "one two" && !stopped.isTruncated)
        let call = try await Improv.ask("what is 3 + 4", tools: [Improv.add]) { $0.maxOutputTokens = 1 }
        #expect(call.calls.isEmpty && call.isTruncated)
    }

    @Test("pieces add up, reasoning first; all of it is the same again")
    func streams() async throws {
        var request = ModelRequest(model: "improv", context: [.user([.text("Tell me about the sea")])])
        request.options.reasoningEffort = "low"
        request.options.topLogprobs = 2
        let pieces = PieceRecorder()
        let answer = try await ImprovProvider().call(request) { pieces.add($0) }
        #expect(pieces.all.text == answer.text && pieces.all.reasoning == answer.reasoning)
        #expect(!answer.reasoning.isEmpty && answer.usage.reasoning > 0 && answer.usage.input == 5)
        #expect(pieces.all.count > 8)
        #expect(answer.logprobs.compactMap { $0["token"]?.string }.joined() == answer.text)
        #expect(answer.logprobs.allSatisfy { $0["top_logprobs"]?.array?.count == 2 && $0["logprob"]?.double ?? 1 < 0 })
        #expect(try await ImprovProvider().call(request, emit: { _ in }) == answer)
        request.options.reasoningEffort = "none"
        #expect(try await ImprovProvider().call(request, emit: { _ in }).reasoning.isEmpty)
    }

    @Test("an empty request has usage too")
    func empty() async throws {
        let answer = try await ImprovProvider().call(ModelRequest(model: "improv", context: []), emit: { _ in })
        #expect(!answer.text.isEmpty && answer.usage.input > 0 && answer.usage.output > 0)
    }
}
