import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime

/// What must be known of a stateless request to pass it on: found in one scan, the rest is not looked at.
struct InferenceEnvelope {
    /// The model that the client named.
    let model: String
    let isStreamed: Bool
    /// Whether the client wants to see the usage at the end of a stream.
    let wantsUsage: Bool
    /// Whether the client wants the answer to be kept.
    let isStored: Bool
    private let text: [UInt8]
    private let modelValue: Range<Int>
    private let streamOptions: (place: Range<Int>, value: JSONObject)?

    /// The bytes of the request.
    var size: Int { text.count }

    /// - Throws: when the request is no object, names no model, or wants what this release does not do.
    init(_ text: [UInt8], limits: Limits) throws(APIError) {
        let members: JSONMembers
        do throws(JSONParseError) {
            members = try JSONMembers(text, maximumDepth: limits.requestDepth)
        } catch {
            throw .invalid(nil, "The request body is not valid JSON: \(error).", code: "invalid_json")
        }
        for name in ["model", "stream", "store", "stream_options"]
        where members.members.filter({ $0.name == name }).count > 1 {
            throw .invalid(name, "'\(name)' stands twice in the request.")
        }
        self.text = text
        guard let modelValue = members["model"] else { throw .missing("model") }
        self.modelValue = modelValue
        // Small values, parsed by themselves.
        var known = JSONObject()
        for name in ["model", "stream", "store", "stream_options"] {
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
        let options = try fields.fields("stream_options")
        wantsUsage = try options?.bool("include_usage") ?? false
        streamOptions = members["stream_options"].map { ($0, options?.object ?? [:]) }
        isStored = try fields.bool("store") ?? false
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
        isStored = false
        // The usage stands in the last event of every stream.
        wantsUsage = true
        streamOptions = nil
    }

    private static let deciding: Set<String> = [
        "model", "stream", "store", "previous_response_id", "conversation", "background", "prompt",
    ]

    /// The request with another name of the model, otherwise byte for byte.
    /// - Parameter asksForUsage: a stream is to end with its usage.
    func body(model name: String, asksForUsage: Bool = false) -> [UInt8] {
        var edits: [(place: Range<Int>, bytes: [UInt8])] = []
        if name != model { edits.append((modelValue, JSONWriter.bytes(name))) }
        if asksForUsage, isStreamed, !wantsUsage { edits.append(usageOption) }
        guard !edits.isEmpty else { return text }
        edits.sort { $0.place.lowerBound < $1.place.lowerBound }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + 64)
        var start = 0
        for edit in edits {
            result += text[start..<edit.place.lowerBound]
            result += edit.bytes
            start = edit.place.upperBound
        }
        return result + text[start...]
    }

    /// The change that asks for the usage, whatever else `stream_options` says.
    private var usageOption: (Range<Int>, [UInt8]) {
        guard let streamOptions else {
            let start = (text.firstIndex(of: 0x7B) ?? 0) + 1
            return (start..<start, Array(#""stream_options":{"include_usage":true},"#.utf8))
        }
        var options = streamOptions.value
        options["include_usage"] = true
        return (streamOptions.place, JSONWriter.bytes(options))
    }
}

extension APIServices {
    /// Where a request goes.
    /// - Throws: when nobody serves its model, the key may not use it, or no usage can be recorded any more.
    func route(of envelope: InferenceEnvelope, _ context: APIContext) throws(APIError) -> RoutedModel {
        guard context.mayUse(envelope.model) else { throw .modelNotAllowed(envelope.model) }
        guard let route = models.route(for: envelope.model) else {
            throw .unknownModel(envelope.model, known: models.names.filter(context.mayUse))
        }
        guard !meter.isFull else { throw .usageBacklog }
        return route
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
