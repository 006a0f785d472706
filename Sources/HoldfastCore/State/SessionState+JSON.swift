// The snapshot form of a session. A cache: `SessionCore.foldVersion` changes with it, and older ones are refolded.

extension SessionState: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("project", project)
            writer.member("seq", seq)
            writer.member("created", createdAt)
            writer.member("active", lastActiveAt)
            writer.member("agent", agent)
            writer.member("environment", environment)
            writer.member("metadata", metadata)
            writer.member(ifPresent: "limit", spendLimit)
            writer.member("spent", spent)
            writer.member("usage", usage)
            writer.member("turns", turns)
            writer.member("items", items)
            writer.member("calls", modelCalls)
            writer.member(ifPresent: "due", dueCall)
            writer.member("open", openCalls)
            writer.member("unseen", hasUnseenInput)
            writer.member("deleted", isDeleted)
            if isChain { writer.member("chain", true) }
        }
    }

    /// Reads a snapshot.
    public init(_ json: JSONObject) throws(JSONReadError) {
        self.init(
            id: try json.string("id"), project: try json.string("project"),
            agent: try AgentDefinition(json.object("agent")),
            environment: try SessionEnvironment(json.object("environment")), metadata: try json.object("metadata"))
        seq = try json.integer("seq")
        createdAt = try json.integer("created")
        lastActiveAt = try json.integer("active")
        spendLimit = json["limit"]?.integer.map(Int.init)
        spent = try json.integer("spent")
        usage = try TokenUsage(json.array("usage"))
        for turn in try json.objects("turns") { turns.append(try Turn(turn)) }
        for item in try json.objects("items") { items.append(try Item(item)) }
        modelCalls = try json.int("calls")
        if let due = json["due"]?.object { dueCall = try DueCall(due) }
        openCalls = try json.objects("open").map { (open) throws(JSONReadError) in try OpenCall(open) }
        hasUnseenInput = json["unseen"]?.bool ?? false
        isDeleted = json["deleted"]?.bool ?? false
        isChain = json["chain"]?.bool ?? false
    }
}

extension SessionState.DueCall: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("attempt", attempt)
            writer.member("failures", failures)
            writer.member("not_before", notBefore)
            writer.member(ifPresent: "reasoning", reasoning)
            writer.member(ifPresent: "text", text)
            if !items.isEmpty { writer.member("items", items) }
        }
    }

    fileprivate init(_ json: JSONObject) throws(JSONReadError) {
        attempt = try json.int("attempt")
        failures = try json.int("failures")
        notBefore = try json.integer("not_before")
        reasoning = json["reasoning"]?.integer.map(Int.init)
        text = json["text"]?.integer.map(Int.init)
        items = (json["items"]?.array ?? []).compactMap { $0.integer.map(Int.init) }
    }
}

extension SessionState.OpenCall: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("item", item)
            writer.member("id", id)
            writer.member("attempt", attempt)
            writer.member("started", isStarted)
            writer.member("streamed", streamed)
        }
    }

    fileprivate init(_ json: JSONObject) throws(JSONReadError) {
        self.init(item: try json.int("item"), id: try json.string("id"))
        attempt = try json.int("attempt")
        isStarted = json["started"]?.bool ?? false
        streamed = try json.string("streamed")
    }
}
