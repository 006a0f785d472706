/// The work from an input until the session is idle again or the turn fails or is cancelled.
public struct Turn: Sendable, Equatable {
    /// Whether the turn still works, and how it ended. Whether an active turn waits for somebody follows from the
    /// session, see `SessionState.status`.
    public enum Status: String, Sendable {
        case active, completed, failed, cancelled
    }

    public var id: String
    public var createdAt: Milliseconds
    public var endedAt: Milliseconds?
    public var status: Status
    public var error: TurnError?
    public var usage: TokenUsage
    /// Model calls made so far.
    public var modelCalls: Int
    /// Output items made so far: the next one's `output_index`.
    public var outputs: Int
    /// The index of its first item; the items of a turn stand together.
    public var firstItem: Int
    /// What a Responses request asked for; `nil` for a turn of the Agents API.
    public var request: TurnRequest?
    /// Why the last answer is incomplete: `max_output_tokens` or `content_filter`.
    public var incompleteReason: String?
    /// The last answer of a Responses turn calls functions of the client: the turn ends with the server's own calls.
    public var isClientNext = false
    /// The response was deleted; its items are still part of the conversation.
    public var isDeleted = false

    public init(id: String, createdAt: Milliseconds, firstItem: Int) {
        self.id = id
        self.createdAt = createdAt
        self.status = .active
        self.usage = TokenUsage()
        self.modelCalls = 0
        self.outputs = 0
        self.firstItem = firstItem
    }
}

/// Why a turn failed; `code` is one of the Agents API's turn error codes.
public struct TurnError: Sendable, Equatable {
    public var code: String
    public var message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

extension TurnError: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("code", code)
            writer.member("message", message)
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        self.init(code: try json.string("code"), message: try json.string("message"))
    }
}

extension Turn: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("created", createdAt)
            writer.member(ifPresent: "ended", endedAt)
            writer.member("status", status.rawValue)
            writer.member(ifPresent: "error", error)
            writer.member("usage", usage)
            writer.member("calls", modelCalls)
            writer.member("outputs", outputs)
            writer.member("first", firstItem)
            writer.member(ifPresent: "request", request)
            writer.member(ifPresent: "incomplete", incompleteReason)
            if isClientNext { writer.member("client_next", true) }
            if isDeleted { writer.member("deleted", true) }
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        guard let status = Status(rawValue: try json.string("status")) else {
            throw JSONReadError(name: "status", expected: "a turn status")
        }
        self.init(
            id: try json.string("id"), createdAt: try json.integer("created"), firstItem: try json.int("first"))
        self.status = status
        endedAt = json["ended"]?.integer
        if let error = json["error"]?.object { self.error = try TurnError(error) }
        usage = try TokenUsage(json.array("usage"))
        modelCalls = try json.int("calls")
        outputs = try json.int("outputs")
        if let request = json["request"]?.object { self.request = TurnRequest(request) }
        incompleteReason = json["incomplete"]?.string
        isClientNext = json["client_next"]?.bool ?? false
        isDeleted = json["deleted"]?.bool ?? false
    }
}
