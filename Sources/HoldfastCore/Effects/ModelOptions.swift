/// How a model is to answer. What is `nil` or empty is left to the provider. A provider that cannot do what is asked
/// for refuses it by name.
public struct ModelOptions: Sendable, Equatable {
    /// Which of the offered tools the model may or must call.
    public enum ToolChoice: Sendable, Equatable {
        case auto
        case none
        /// At least one, whichever.
        case required
        /// This one.
        case tool(String)
        /// Only these, though all are shown; with `isRequired` at least one.
        case allowed([String], isRequired: Bool)
    }

    /// The shape of the text.
    public indirect enum Format: Sendable, Equatable {
        case text
        case jsonObject
        case jsonSchema(name: String, description: String?, schema: JSONObject, strict: Bool?)
    }

    public var toolChoice = ToolChoice.auto
    public var parallelToolCalls: Bool?
    /// How many calls the tools that the provider runs may have in one answer.
    public var maxToolCalls: Int?
    public var format = Format.text
    public var maxOutputTokens: Int?
    public var temperature: Double?
    public var topP: Double?
    public var frequencyPenalty: Double?
    public var presencePenalty: Double?
    public var seed: Int64?
    public var stop: [String] = []
    /// How many alternatives of each token to report; 0 asks for the tokens' own probabilities alone.
    public var topLogprobs: Int?
    /// OpenAI's words: `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`.
    public var reasoningEffort: String?
    /// OpenAI's words: `auto`, `concise`, `detailed`.
    public var reasoningSummary: String?
    /// OpenAI's words: `low`, `medium`, `high`.
    public var verbosity: String?
    /// OpenAI's words; `nil` for `auto`.
    public var serviceTier: String?
    /// What answers of the Responses dialect are to hold beside the usual, in its words.
    public var include: [String] = []

    public init() {}

    /// The options that the settings of an agent, or the members of a Responses request, ask for. The values were
    /// checked when they came in; what has another shape is left out.
    public init(settings: JSONObject) {
        self.init()
        toolChoice = ToolChoice(settings["tool_choice"])
        parallelToolCalls = settings["parallel_tool_calls"]?.bool
        format = Format(settings["text"]?["format"])
        maxToolCalls = settings["max_tool_calls"]?.integer.map { Int($0) }
        include = (settings["include"]?.array ?? []).compactMap(\.string)
        maxOutputTokens = settings["max_output_tokens"]?.integer.map { Int($0) }
        temperature = settings["temperature"]?.double
        topP = settings["top_p"]?.double
        frequencyPenalty = settings["frequency_penalty"]?.double
        presencePenalty = settings["presence_penalty"]?.double
        topLogprobs = settings["top_logprobs"]?.integer.map { Int($0) }
        reasoningEffort = settings["reasoning"]?["effort"]?.string
        reasoningSummary = settings["reasoning"]?["summary"]?.string
        if let verbosity = settings["text"]?["verbosity"]?.string, verbosity != "medium" { self.verbosity = verbosity }
        if let tier = settings["service_tier"]?.string, tier != "auto" { serviceTier = tier }
    }
}

extension ModelOptions.ToolChoice {
    /// What is left of the choice when a demanded call was made.
    var met: Self {
        switch self {
        case .auto, .none: self
        case .required, .tool: .auto
        case .allowed(let names, _): .allowed(names, isRequired: false)
        }
    }

    /// In the words of Responses.
    fileprivate init(_ json: JSON?) {
        switch json {
        case "none": self = .none
        case "required": self = .required
        case .object(let choice)? where choice["type"] == "allowed_tools":
            let names = (choice["tools"]?.array ?? []).compactMap { $0["name"]?.string ?? $0["type"]?.string }
            self = .allowed(names, isRequired: choice["mode"] == "required")
        case .object(let choice)?:
            self = (choice["name"]?.string ?? choice["type"]?.string).map { .tool($0) } ?? .auto
        default: self = .auto
        }
    }
}

extension ModelOptions.Format {
    /// In the words of Responses.
    fileprivate init(_ json: JSON?) {
        switch json?["type"] {
        case "json_object": self = .jsonObject
        case "json_schema":
            self = .jsonSchema(
                name: json?["name"]?.string ?? "response", description: json?["description"]?.string,
                schema: json?["schema"]?.object ?? [:], strict: json?["strict"]?.bool)
        default: self = .text
        }
    }
}
