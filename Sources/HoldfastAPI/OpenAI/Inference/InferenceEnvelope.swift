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

    /// A Responses request that can be passed on: it is not to be stored, goes on from nothing that is kept here, and
    /// holds nothing that only this server can read. `nil` for any other, and for one that is not right: whoever reads it
    /// says why.
    init?(unstoredResponse text: [UInt8], limits: Limits) {
        guard let members = try? JSONMembers(text, maximumDepth: limits.requestDepth) else { return nil }
        var known: [String: JSON] = [:]
        for member in members.members where Self.deciding.contains(member.name) {
            guard known[member.name] == nil, let value = try? JSONParser.parse(Array(text[member.value])) else {
                return nil
            }
            known[member.name] = value
        }
        guard known["store"] == false, let modelValue = members["model"], let model = known["model"]?.string,
            !model.isEmpty, model.utf8.count <= limits.identifier,
            ["previous_response_id", "conversation", "background", "prompt"].allSatisfy({ name in
                known[name].map { $0.isNull || $0 == false } != false
            }), known["stream"].map({ $0.bool != nil || $0.isNull }) != false,
            !text.holds(ContextEntry.replayPrefix), !text.holds(ContextEntry.compactionPrefix)
        else { return nil }
        self.text = text
        self.model = model
        self.modelValue = modelValue
        isStreamed = known["stream"]?.bool ?? false
    }

    private static let deciding: Set<String> = [
        "model", "stream", "store", "previous_response_id", "conversation", "background", "prompt",
    ]

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

extension [UInt8] {
    /// Whether a text that needs no escaping in JSON stands somewhere in these bytes.
    fileprivate func holds(_ text: String) -> Bool {
        let sought = Array(text.utf8)
        guard let first = sought.first else { return true }
        var start = startIndex
        while let found = self[start...].firstIndex(of: first) {
            if self[found...].starts(with: sought) { return true }
            start = found + 1
        }
        return false
    }
}
