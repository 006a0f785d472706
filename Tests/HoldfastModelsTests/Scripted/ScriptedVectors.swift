import Foundation
import HoldfastCore
import HoldfastModels

/// One vector of the reference: a context, the offered tools, and what the reference answers.
struct ScriptedVector: Sendable, CustomStringConvertible {
    var name: String
    var context: [ScriptedLanguage.Entry]
    var tools: [String]
    var step: ScriptedLanguage.Step
    var tokens: [String]?
    var usage: TokenUsage?

    var description: String { name }

    /// The vectors of a file in `Vectors`.
    static func load(_ file: String) throws -> [ScriptedVector] {
        guard let url = Bundle.module.url(forResource: file, withExtension: "json", subdirectory: "Vectors") else {
            throw JSONReadError(name: file, expected: "a file in Vectors")
        }
        let json = try JSONParser.parse([UInt8](Data(contentsOf: url)))
        return try (json.array ?? []).map { try ScriptedVector($0) }
    }

    private init(_ json: JSON) throws {
        guard let object = json.object else { throw JSONReadError(name: "vector", expected: "an object") }
        name = try object.string("name")
        context = try object.objects("context").map { try Self.entry($0) }
        tools = json["tools"]?.array?.compactMap(\.string) ?? []
        tokens = json["tokens"]?.array?.compactMap(\.string)
        step = try Self.step(object.object("step"))
        if let found = json["usage"]?.object {
            usage = TokenUsage(
                input: try found.int("input"), output: try found.int("output"), reasoning: try found.int("reasoning"))
        }
    }

    private static func entry(_ json: JSONObject) throws -> ScriptedLanguage.Entry {
        if json["call"] != nil { return .call(name: try json.string("call"), arguments: try json.string("arguments")) }
        if json["result"] != nil { return .result(try json.string("result")) }
        switch try json.string("role") {
        case "user": return .user(try json.string("text"))
        case "system": return .system(try json.string("text"))
        default: return .assistant(try json.string("text"))
        }
    }

    private static func step(_ json: JSONObject) throws -> ScriptedLanguage.Step {
        var step = ScriptedLanguage.Step()
        step.wait = json["wait_ms"]?.integer.map(Int.init) ?? 0
        step.slow = json["slow_ms"]?.integer.map(Int.init) ?? 0
        step.failure = json["fail"]?.integer.map(Int.init)
        step.reasoning = json["reasoning"]?.string ?? ""
        step.text = json["text"]?.string ?? ""
        step.calls = (json["calls"]?.array ?? []).compactMap { call in
            guard let name = call.array?.first?.string, let arguments = call.array?.last?.string else { return nil }
            return .init(name: name, arguments: arguments)
        }
        return step
    }
}
