import HoldfastCore

/// Which tools a request asks for, with their arguments.
struct ImprovPlan {
    private let tools: [ToolDefinition]
    private let conversation: ImprovConversation
    private let text: ImprovText
    private let choice: ModelOptions.ToolChoice
    private let isParallel: Bool

    init(_ request: ModelRequest, _ conversation: ImprovConversation) {
        choice = request.options.toolChoice
        isParallel = request.options.parallelToolCalls != false
        self.conversation = conversation
        text = ImprovText(conversation.request)
        tools = request.tools.filter { tool in
            if case .hosted = tool.kind { return false }
            if case .allowed(let names, _) = request.options.toolChoice { return names.contains(tool.name) }
            return true
        }
    }

    /// The most calls of one answer.
    private static let maximumCalls = 32

    /// The calls to make now; none when an answer is due.
    func calls() -> [ModelAnswer.Call] {
        switch choice {
        case .none: return []
        case .tool(let name):
            return tools.first { $0.name == name }.map {
                Array(calls(of: $0).prefix(isParallel ? Self.maximumCalls : 1))
            } ?? []
        case .required, .allowed(_, isRequired: true):
            let fitting = due()
            if !fitting.isEmpty { return fitting }
            // One that was not called yet, as clients offer a tool that takes the final answer.
            let rest = tools.filter { !conversation.called.contains($0.name) }
            return (best(of: rest) ?? rest.first ?? best(of: tools) ?? tools.first).map { [call(of: $0)] } ?? []
        case .auto, .allowed: return due()
        }
    }

    /// What the request asks for, without what was called for it already.
    private func due() -> [ModelAnswer.Call] {
        let all = requested()
        let rest = all.dropFirst(conversation.called.count)
        return Array(isParallel ? rest : rest.prefix(1))
    }

    private func requested() -> [ModelAnswer.Call] {
        let sums = arithmetic()
        if !sums.isEmpty { return sums }
        let named = tools.compactMap { tool in place(of: tool).map { (place: $0, tool: tool) } }
            .sorted { $0.place < $1.place }.map(\.tool)
        if named.count > 1 { return named.prefix(Self.maximumCalls).map(call) }
        if let tool = named.first ?? best(of: tools) { return calls(of: tool) }
        let speaksOfTools = ["tool", "function"].contains { text.stems.contains($0) }
        return speaksOfTools && text.stems.contains("us") ? tools.prefix(1).flatMap(calls) : []
    }

    /// Where the request names a tool as it is called.
    private func place(of tool: ToolDefinition) -> Int? {
        if let exact = text.words.firstIndex(where: { $0.text == tool.name }) { return exact }
        let stems = ImprovWords.stems(ofName: tool.name)
        guard stems.count > 1 || !ImprovWords.plain.isSuperset(of: stems) else { return nil }
        return text.places(of: stems).first
    }

    /// The tool whose name and description share most words with the request; `nil` when none shares enough.
    private func best(of tools: [ToolDefinition]) -> ToolDefinition? {
        let asked = text.stems.subtracting(ImprovWords.plain)
        let scores = tools.map { tool in
            let name = Set(ImprovWords.stems(ofName: tool.name)).subtracting(ImprovWords.plain)
            let about = Set(ImprovText(tool.description).stems).subtracting(ImprovWords.plain)
            return 3 * name.intersection(asked).count + about.subtracting(name).intersection(asked).count
        }
        guard let most = scores.max(), most >= 2, let index = scores.firstIndex(of: most) else { return nil }
        return tools[index]
    }

    /// Calls for what is written as a calculation: `3 + 4`, `multiply 2 by 3`.
    private func arithmetic() -> [ModelAnswer.Call] {
        let values = ImprovValues(conversation.request)
        return zip(values.numbers, values.numbers.dropFirst()).prefix(Self.maximumCalls).compactMap { left, right in
            let between = text[left.range.upperBound..<right.range.lowerBound].improvTrimmed.lowercased()
            guard let operation = Self.operators[between],
                let tool = tools.first(where: { ImprovWords.stems(ofName: $0.name).contains(operation) })
            else { return nil }
            return call(of: tool, source: text[left.range.lowerBound..<right.range.upperBound])
        }
    }

    private static let operators = [
        "+": "add", "plus": "add", "-": "subtract", "−": "subtract", "minus": "subtract", "*": "multiply",
        "×": "multiply", "x": "multiply", "times": "multiply", "/": "divide", "÷": "divide", "divided by": "divide",
    ]

    /// The calls of one tool: one, or one for each of the things that the request names.
    private func calls(of tool: ToolDefinition) -> [ModelAnswer.Call] {
        let values = values(conversation.request)
        let subjects = values.quoted.isEmpty ? values.names : values.quoted
        guard isParallel, subjects.count > 1, takesOneText(tool), isList(subjects) else { return [call(of: tool)] }
        return subjects.prefix(Self.maximumCalls).map {
            call(of: tool, without: subjects.map(\.range).filter { [own = $0.range] in $0 != own })
        }
    }

    /// Whether the tool takes one required text, so that several of them are several calls.
    private func takesOneText(_ tool: ToolDefinition) -> Bool {
        let schema = ImprovSchema(root: .object(tool.parameters))
        let root = schema.resolved(schema.root)
        let texts = (root["required"]?.array ?? []).compactMap(\.string).filter { name in
            let property = schema.resolved(root["properties"]?[name] ?? [:])
            return property["type"] == "string" && property["enum"] == nil
        }
        return texts.count == 1
    }

    /// Whether values stand in a list: commas, `and` and `or` between them.
    private func isList(_ subjects: [ImprovValues.Found]) -> Bool {
        zip(subjects, subjects.dropFirst()).allSatisfy { left, right in
            let words = text[left.range.upperBound..<right.range.lowerBound].lowercased()
                .split { !$0.isLetter }.map(String.init)
            return Set(words).isSubset(of: ["and", "or", "in", "for", "also", "then", "the", "of"])
                && text[left.range.upperBound..<right.range.lowerBound].allSatisfy { !".?!".contains($0) }
        }
    }

    private func values(_ source: String? = nil) -> ImprovValues {
        ImprovValues(source ?? conversation.source, ignoring: Set(tools.map(\.name)))
    }

    private func call(of tool: ToolDefinition) -> ModelAnswer.Call { call(of: tool, source: nil) }

    private func call(
        of tool: ToolDefinition, source: String? = nil, without used: [Range<Int>] = []
    ) -> ModelAnswer.Call {
        var values = values(source)
        for range in used { values.use(range) }
        if case .custom(let format) = tool.kind {
            let pattern = format?["syntax"] == "regex" ? format?["definition"]?.string : nil
            let text = values.take(values.quoted) ?? conversation.request
            let strings = ImprovStrings(pattern.map { ["pattern": .string("^(\($0))$")] } ?? [:])
            let input = strings.fits(text) || pattern == nil ? text : strings.example
            return ModelAnswer.Call(name: tool.name, arguments: input, isCustom: true)
        }
        var filler = ImprovFiller(schema: .object(tool.parameters), values: values)
        let arguments = tool.parameters.isEmpty ? [:] : filler.fill()
        return ModelAnswer.Call(name: tool.name, arguments: arguments.text)
    }
}
