import HoldfastCore
import HoldfastModels

/// What must be known of a stateless request to pass it on: found in one scan, the rest is not looked at.
struct InferenceEnvelope {
    /// The model that the client named.
    let model: String
    let isStreamed: Bool
    private let text: [UInt8]
    private let modelValue: Range<Int>

    /// - Throws: when the request is no object, names no model, or wants what this release does not do.
    init(_ text: [UInt8], limits: Limits) throws(APIError) {
        let members: JSONMembers
        do throws(JSONParseError) {
            members = try JSONMembers(text, maximumDepth: limits.requestDepth)
        } catch {
            throw .invalid(nil, "The request body is not valid JSON: \(error).", code: "invalid_json")
        }
        for name in ["model", "stream", "store"] where members.members.filter({ $0.name == name }).count > 1 {
            throw .invalid(name, "'\(name)' stands twice in the request.")
        }
        self.text = text
        guard let modelValue = members["model"] else { throw .missing("model") }
        self.modelValue = modelValue
        // Small values, parsed by themselves.
        var known = JSONObject()
        for name in ["model", "stream", "store"] {
            guard let place = members[name] else { continue }
            do throws(JSONParseError) {
                known[name] = try JSONParser.parse(Array(text[place]))
            } catch {
                throw .invalid(name, "'\(name)' is not valid JSON: \(error).", code: "invalid_json")
            }
        }
        let fields = Fields(known)
        model = try fields.requiredString("model", limit: limits.identifier)
        isStreamed = try fields.bool("stream") ?? false
        try fields.refuse(
            "store", unless: [false], "completions are not stored yet; leave 'store' out, or use the Agents API.")
    }

    /// The request with another name of the model, otherwise byte for byte.
    func body(model name: String) -> [UInt8] {
        guard name != model else { return text }
        return text[..<modelValue.lowerBound] + JSONWriter.bytes(name) + text[modelValue.upperBound...]
    }
}

extension APIServices {
    /// The provider of the model that a request names, and the name under which that provider knows it.
    func provider(
        of envelope: InferenceEnvelope
    ) throws(APIError) -> (provider: any ModelProvider, upstreamModel: String) {
        guard let found = models.provider(for: envelope.model) else {
            throw .unknownModel(envelope.model, known: models.names)
        }
        return found
    }
}
