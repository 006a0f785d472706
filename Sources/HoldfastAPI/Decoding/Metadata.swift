import HoldfastCore

extension Fields {
    /// The `metadata` member; `nil` when it is absent, empty when it is `null`.
    func metadata(_ limits: Limits) throws(APIError) -> JSONObject? {
        guard has("metadata") else { return nil }
        guard let fields = try fields("metadata") else { return [:] }
        guard fields.object.count <= limits.metadataPairs else {
            throw .invalid("metadata", "'metadata' has more than \(limits.metadataPairs) pairs.")
        }
        var metadata = JSONObject()
        for member in fields.object.members {
            guard let value = member.value.string else { throw fields.wrongType(member.name, member.value, "a string") }
            guard (1...limits.metadataKey).contains(member.name.count) else {
                throw .invalid("metadata", "A metadata key must have 1 to \(limits.metadataKey) characters.")
            }
            guard value.count <= limits.metadataValue else {
                throw .invalid(
                    fields.param(member.name), "A metadata value must have at most \(limits.metadataValue) characters.")
            }
            metadata[member.name] = .string(value)
        }
        return metadata
    }
}
