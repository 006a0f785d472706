import HoldfastCore

/// What the model says to a request, before any limit of its length.
struct ImprovAnswer {
    private(set) var text = ""
    private(set) var calls: [ModelAnswer.Call] = []
    /// What it does, for the reasoning summary.
    private(set) var intention = ""

    private static let maximumQuote = 400

    init(_ request: ModelRequest) {
        let conversation = ImprovConversation(request)
        calls = ImprovPlan(request, conversation).calls()
        let isForced =
            switch request.options.toolChoice {
            case .required, .tool, .allowed(_, isRequired: true): true
            case .auto, .none, .allowed: false
            }
        let dictated =
            ImprovDictation.text(in: conversation.request)
            ?? conversation.instructions.lazy.compactMap { ImprovDictation.text(in: $0, isStrict: true) }.first
        if !calls.isEmpty, isForced || dictated == nil {
            intention = "I call \(calls.map(\.name).joined(separator: ", "))."
            return
        }
        calls = []
        if let schema = ImprovFormatReader.schema(request, conversation) {
            var filler = ImprovFiller(schema: schema, values: ImprovValues(conversation.source))
            text = filler.value(schema, name: "", isWanted: true, depth: 0)?.text ?? "{}"
            intention = "I fill in the schema."
        } else if let dictated {
            text = dictated
            intention = "I repeat what I was given."
        } else {
            text = Self.plain(conversation)
            intention = "I answer in words."
        }
    }

    private static func plain(_ conversation: ImprovConversation) -> String {
        var sentences: [String] = []
        let seen = [(conversation.images, "image"), (conversation.files, "file")].filter { $0.0 > 0 }
        if !seen.isEmpty {
            let list = seen.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " and ")
            sentences.append("I was given \(list).")
        }
        if !conversation.results.isEmpty {
            sentences += conversation.results.map { "\($0.tool) answered: \($0.text)" }
        } else if let recalled = ImprovRecall(conversation: conversation).answer() {
            sentences.append(recalled)
        } else {
            sentences.append(reply(to: conversation.request))
        }
        return sentences.joined(separator: "\n")
    }

    private static func reply(to request: String) -> String {
        let first = ImprovText(request).words.first?.text.lowercased() ?? ""
        if request.isEmpty { return "How can I help you?" }
        if ["hello", "hi", "hey"].contains(first) { return "Hello! How can I help you?" }
        if ["remember", "my", "i", "i'm", "note"].contains(first) { return "I will remember: \(quote(request))" }
        return "I am a small model that knows nothing. You asked me: \(quote(request))"
    }

    private static func quote(_ text: String) -> String {
        text.count > maximumQuote ? text.prefix(maximumQuote) + "…" : text
    }
}
