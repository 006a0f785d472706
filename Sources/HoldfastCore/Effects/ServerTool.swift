/// How this server runs a tool: what the journal must know of it.
public struct ServerTool: Sendable, Equatable {
    /// How the call shows as an item.
    public enum Presentation: String, Sendable {
        /// A command with output and exit code.
        case command
        /// A call of a named tool.
        case call
    }

    public var effectClass: EffectClass
    public var presentation: Presentation

    public init(effectClass: EffectClass, presentation: Presentation = .call) {
        self.effectClass = effectClass
        self.presentation = presentation
    }
}

extension ServerTool: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("class", effectClass.rawValue)
            writer.member("as", presentation.rawValue)
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        guard let effectClass = EffectClass(rawValue: try json.string("class")) else {
            throw JSONReadError(name: "class", expected: "an effect class")
        }
        guard let presentation = Presentation(rawValue: try json.string("as")) else {
            throw JSONReadError(name: "as", expected: "a presentation")
        }
        self.init(effectClass: effectClass, presentation: presentation)
    }
}
