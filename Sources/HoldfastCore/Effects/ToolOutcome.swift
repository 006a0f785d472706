/// What became of a server-side tool call.
public struct ToolOutcome: Sendable, Equatable {
    /// How it ended.
    public enum Kind: String, Sendable {
        case succeeded
        /// The tool answered that it failed, or could not be run.
        case failed
        /// Cancelled before an answer came.
        case cancelled
        /// The server stopped between the start and the answer: it may have happened.
        case unknown
    }

    public var kind: Kind
    /// What the model and the client see.
    public var output: String
    /// A command's exit code.
    public var exitCode: Int?
    /// How long it ran.
    public var duration: Milliseconds?

    public init(_ kind: Kind, output: String, exitCode: Int? = nil, duration: Milliseconds? = nil) {
        self.kind = kind
        self.output = output
        self.exitCode = exitCode
        self.duration = duration
    }

    /// What the model is told when the outcome is not known.
    public static let unknownText =
        "[outcome unknown: the server stopped while this ran; check before repeating it]"
}

extension ToolOutcome: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("kind", kind.rawValue)
            writer.member("output", output)
            writer.member(ifPresent: "exit_code", exitCode)
            writer.member(ifPresent: "duration", duration)
        }
    }

    public init(_ json: JSONObject) throws(JSONReadError) {
        guard let kind = Kind(rawValue: try json.string("kind")) else {
            throw JSONReadError(name: "kind", expected: "an outcome")
        }
        self.init(
            kind, output: try json.string("output"), exitCode: json["exit_code"]?.integer.map(Int.init),
            duration: json["duration"]?.integer)
    }
}
