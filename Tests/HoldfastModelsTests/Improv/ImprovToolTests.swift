import HoldfastCore
import HoldfastModels
import Testing

@Suite("Improv: tools")
struct ImprovToolTests {
    private let all = [Improv.weather, Improv.add, Improv.multiply]

    @Test(
        "a request calls the tool that fits, with its values",
        arguments: [
            ("What is the weather in San Francisco, CA?", [#"get_weather {"location":"San Francisco, CA"}"#]),
            (
                "weather in Paris and London",
                [#"get_weather {"location":"Paris"}"#, #"get_weather {"location":"London"}"#]
            ),
            (
                "What's the weather in Oslo in fahrenheit?", [#"get_weather {"location":"Oslo","unit":"fahrenheit"}"#]
            ),
            ("what is 3 + 4", [#"add {"a":3,"b":4}"#]), ("multiply 2 by 3.5", [#"multiply {"a":2,"b":3.5}"#]),
            ("What is 3 * 12? Also, what is 11 + 49?", [#"multiply {"a":3,"b":12}"#, #"add {"a":11,"b":49}"#]),
            ("Use get_weather for 'München' please", [#"get_weather {"location":"München"}"#]), ("Hello there", []),
            ("Tell me a joke.", []),
        ])
    func fitting(text: String, calls: [String]) async throws {
        let answer = try await Improv.ask(text, tools: all)
        #expect(answer.calls.map { "\($0.name) \($0.arguments)" } == calls)
        #expect(answer.text.isEmpty == !calls.isEmpty)
    }

    @Test("one call at a time where parallel calls are not wanted")
    func oneAtATime() async throws {
        let first = try await Improv.ask("weather in Paris and London", tools: all) { $0.parallelToolCalls = false }
        #expect(first.calls.count == 1)
        let text = "Use add on 1 and 2, then multiply"
        let second = try await Improv.ask(
            text, tools: all,
            later: [.call(id: "1", name: "add", arguments: "{}"), .result(id: "1", output: [.text("3")])]
        ) { $0.parallelToolCalls = false }
        #expect(second.calls.map(\.name) == ["multiply"])
    }

    @Test("a choice of tools is obeyed")
    func choice() async throws {
        func names(_ choice: ModelOptions.ToolChoice, _ text: String = "Hello!") async throws -> [String] {
            try await Improv.ask(text, tools: all) { $0.toolChoice = choice }.calls.map(\.name)
        }
        #expect(try await names(.required) == ["get_weather"])
        #expect(try await names(.tool("multiply")) == ["multiply"])
        #expect(try await names(.none, "what is 3 + 4") == [])
        #expect(try await names(.allowed(["multiply"], isRequired: true)) == ["multiply"])
        #expect(try await names(.allowed(["multiply"], isRequired: false)) == [])
        let error = await #expect(throws: ModelError.self) { _ = try await names(.tool("nope")) }
        #expect(error?.code == .invalidRequest && error?.message.contains("tool_choice") == true)
    }

    @Test("results are answered with")
    func results() async throws {
        let answer = try await Improv.ask(
            "What is the weather in Rome?", tools: all,
            later: [
                .call(id: "1", name: "get_weather", arguments: "{}"), .result(id: "1", output: [.text("sunny, 21 °C")]),
            ])
        #expect(answer.calls.isEmpty)
        #expect(answer.text == "get_weather answered: sunny, 21 °C")
    }

    @Test("a required call after results is of a tool that was not called yet")
    func finalTool() async throws {
        let final = Improv.tool("final_result", "", Improv.object(["temperature": ["type": "integer"]]))
        let answer = try await Improv.ask(
            "What is the weather in Rome?", tools: [Improv.weather, final],
            later: [
                .call(id: "1", name: "get_weather", arguments: "{}"),
                .result(id: "1", output: [.text(#"{"temperature": 21}"#)]),
            ]
        ) { $0.toolChoice = .required }
        #expect(answer.calls == [.init(name: "final_result", arguments: #"{"temperature":21}"#)])
    }

    @Test("a custom tool gets free text; its grammar counts where it is a pattern")
    func custom() async throws {
        var tool = ToolDefinition(name: "run_code", description: "", parameters: [:], kind: .custom(format: nil))
        let free = try await Improv.ask("run_code with 'print(1)'", tools: [tool]).calls
        #expect(free == [.init(name: "run_code", arguments: "print(1)", isCustom: true)])
        tool.kind = .custom(format: ["type": "grammar", "syntax": "regex", "definition": "[0-9]{3}"])
        let bound = try await Improv.ask("use run_code", tools: [tool]).calls
        #expect(bound.first?.arguments == "000")
    }

    @Test("values of many alphabets are used as they are")
    func unicode() async throws {
        let tool = Improv.tool(
            "unicode_customer", "",
            Improv.object(["customer_name": ["type": "string"], "description": ["type": "string"]]))
        let call = try await Improv.ask(
            "Create a customer named '你好啊集团' (Hello Group) - a Chinese technology company", tools: [tool]
        ).calls.first
        let arguments = try JSONParser.parse(call?.arguments ?? "")
        #expect(arguments["customer_name"] == "你好啊集团")
        #expect(arguments["description"]?.string?.isEmpty == false)
    }
}
