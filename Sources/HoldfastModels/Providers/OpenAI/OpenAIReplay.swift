import HoldfastCore

/// What is kept of reasoning that came over Chat Completions: which server sent it, in which member. The text is kept
/// as the summary.
enum OpenAIReplay {
    /// The provider's member of `ModelAnswer.replay`.
    private static let name = "chat_completions"
    private static let members = ["reasoning_content", "reasoning"]

    static func replay(member: String, host: String) -> JSONObject {
        [name: ["host": .string(host), "member": .string(member)]]
    }

    /// The reasoning to send back; `nil` when another server or another dialect made it.
    static func thought(_ summary: String, _ replay: JSONObject?, host: String) -> OpenAIMessage.Thought? {
        guard let own = replay?[name], own["host"]?.string == host, let member = own["member"]?.string,
            members.contains(member), !summary.isEmpty
        else { return nil }
        return OpenAIMessage.Thought(member: member, text: summary)
    }
}
