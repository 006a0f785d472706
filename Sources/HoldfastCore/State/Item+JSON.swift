// How items stand in the journal and in snapshots. Short names: they are written once for every item.

extension Item: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("turn", turn)
            writer.member("call", modelCall)
            if status != .completed { writer.member("status", status.rawValue) }
            writer.member(ifPresent: "index", outputIndex)
            writer.member(ifPresent: "details", details)
            body.write(members: &writer)
        }
    }

    public init(_ json: JSONObject) throws(JSONReadError) {
        var status = Status.completed
        if let name = json["status"]?.string {
            guard let known = Status(rawValue: name) else {
                throw JSONReadError(name: "status", expected: "an item status")
            }
            status = known
        }
        self.init(
            id: try json.string("id"), turn: try json.string("turn"), status: status, body: try Body(json),
            modelCall: try json.int("call"), outputIndex: json["index"]?.integer.map(Int.init),
            details: json["details"]?.object)
    }
}

extension Item.Body: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { write(members: &$0) }
    }

    fileprivate func write(members writer: inout JSONWriter) {
        switch self {
        case .userMessage(let parts):
            writer.member("type", "user")
            writer.member("content", parts)
        case .assistantMessage(let text, let isFinal):
            writer.member("type", "assistant")
            writer.member("text", text)
            writer.member("final", isFinal)
        case .reasoning(let summary):
            writer.member("type", "reasoning")
            writer.member("text", summary)
        case .toolCall(let call):
            writer.member("type", "call")
            writer.member("tool", call)
        case .functionOutput(let call, let output):
            writer.member("type", "output")
            writer.member("of", call)
            output.write(members: &writer)
        case .other(let item):
            writer.member("type", "other")
            writer.member("item", item)
        case .deleted: writer.member("type", "deleted")
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        switch try json.string("type") {
        case "user": self = .userMessage(try ContentPart.list(json.objects("content")))
        case "assistant": self = .assistantMessage(text: try json.string("text"), isFinal: json["final"]?.bool ?? false)
        case "reasoning": self = .reasoning(summary: try json.string("text"))
        case "call": self = .toolCall(try ToolCall(json.object("tool")))
        case "output": self = .functionOutput(call: try json.string("of"), output: try FunctionOutput(json))
        case "other": self = .other(try json.object("item"))
        case "deleted": self = .deleted
        default: throw JSONReadError(name: "type", expected: "an item type")
        }
    }
}

extension ContentPart: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .text(let text): writer.member("text", text)
            case .image(let url, let detail):
                writer.member("image", url)
                writer.member(ifPresent: "detail", detail)
            case .other(let part): writer.member("part", part)
            }
        }
    }

    static func list(_ json: [JSONObject]) throws(JSONReadError) -> [ContentPart] {
        try json.map { (part) throws(JSONReadError) in
            if let text = part["text"]?.string { return .text(text) }
            if let other = part["part"]?.object { return .other(other) }
            return .image(url: try part.string("image"), detail: part["detail"]?.string)
        }
    }
}

extension FunctionOutput {
    func write(members writer: inout JSONWriter) {
        switch self {
        case .none: break
        case .text(let text): writer.member("text", text)
        case .parts(let parts): writer.member("parts", parts)
        case .error(let message): writer.member("error", message)
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        if let text = json["text"]?.string {
            self = .text(text)
        } else if let error = json["error"]?.string {
            self = .error(error)
        } else if json["parts"] != nil {
            self = .parts(try ContentPart.list(json.objects("parts")))
        } else {
            self = .none
        }
    }
}

extension ToolCall: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("name", name)
            writer.member("arguments", arguments)
            if isCustom { writer.member("custom", true) }
            switch runner {
            case .client: break
            case .refused(let reason): writer.member("refused", reason)
            case .server(let tool): writer.member("server", tool)
            }
            writer.member(ifPresent: "outcome", outcome)
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        let runner: Runner
        if let tool = json["server"]?.object {
            runner = .server(try ServerTool(tool))
        } else if let reason = json["refused"]?.string {
            runner = .refused(reason)
        } else {
            runner = .client
        }
        var outcome: ToolOutcome?
        if let found = json["outcome"]?.object { outcome = try ToolOutcome(found) }
        self.init(
            id: try json.string("id"), name: try json.string("name"), arguments: try json.string("arguments"),
            isCustom: json["custom"]?.bool ?? false, runner: runner, outcome: outcome)
    }
}
