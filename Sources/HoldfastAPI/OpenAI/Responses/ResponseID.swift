import HoldfastCore

/// Which turn of which session a response is: `resp_`, the session id's characters, `_`, and the number of the journal
/// event that began the turn. To clients the id is opaque.
struct ResponseID: Sendable, Equatable, CustomStringConvertible {
    let session: String
    /// The turn's id.
    let turn: String
    let description: String

    /// The response that a turn of a session is.
    init(session: String, turn: String) {
        self.session = session
        self.turn = turn
        let seq = turn.split(separator: "_").last ?? ""
        description = "resp_\(session.dropFirst(SessionName.prefix.count))_\(seq)"
    }

    /// Reads an id; `nil` when it is none.
    init?(_ id: String) {
        let pieces = id.split(separator: "_", omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[0] == "resp", pieces[1].utf8.count == 26, let seq = Int64(pieces[2]), seq > 0
        else { return nil }
        session = SessionName.prefix + pieces[1]
        turn = SessionIdentifiers(session: session).turn(seq)
        description = id
        guard Self(session: session, turn: turn).description == id else { return nil }
    }
}

/// The two names of a session: `sess_…` in the Agents API, `conv_…` where it is called a conversation.
enum SessionName {
    static let prefix = "sess_"
    private static let conversationPrefix = "conv_"

    /// The id of the session as a conversation.
    static func conversation(_ session: String) -> String { conversationPrefix + session.dropFirst(prefix.count) }

    /// The session that an id of either kind names.
    static func session(_ id: String) -> String {
        id.hasPrefix(conversationPrefix) ? prefix + id.dropFirst(conversationPrefix.count) : id
    }
}
