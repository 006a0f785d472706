import HoldfastCore

extension ResponsesRequestBody {
    /// Takes out what an upstream refused: models that do not reason are not to be asked for encrypted reasoning, and
    /// what one account or provider encrypted no other can read, so a conversation that moved goes on without it.
    /// - Returns: whether there is a request left to try.
    mutating func leaveOut(refusedWith message: String) -> Bool {
        let message = message.lowercased()
        guard message.contains("encrypted content") else { return false }
        if message.contains("not supported") {
            defer { asksForEncryption = false }
            return asksForEncryption
        }
        guard message.contains("could not be verified") else { return false }
        let count = request.context.count
        request.context.removeAll { entry in
            switch entry {
            case .reasoning: true
            case .other(let item): item["type"] == "reasoning"
            default: false
            }
        }
        return request.context.count < count
    }
}
