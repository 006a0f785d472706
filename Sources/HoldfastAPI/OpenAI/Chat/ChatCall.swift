import HoldfastCore

/// The ids of the calls of one choice.
struct ChatCallIDs {
    private let key: String

    init(_ head: ChatHead, choice: Int) {
        let id = head.id.dropFirst("chatcmpl_".count)
        key = choice == 0 ? String(id) : "\(id)_\(choice)"
    }

    subscript(index: Int) -> String { "call_\(key)_\(index)" }
}

/// A tool call of a whole answer.
struct ChatCall: JSONWritable {
    let id: String
    let call: ModelAnswer.Call

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            call.writeChat(arguments: call.arguments, isFirst: true, to: &writer)
        }
    }
}

/// A tool call in a stream: id, type and name in the first piece, the arguments in the second.
struct ChatCallPiece: JSONWritable {
    let index: Int
    /// Of the first piece.
    let id: String?
    let call: ModelAnswer.Call

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("index", index)
            writer.member(ifPresent: "id", id)
            call.writeChat(arguments: id == nil ? call.arguments : "", isFirst: id != nil, to: &writer)
        }
    }
}

extension ModelAnswer.Call {
    fileprivate func writeChat(arguments: String, isFirst: Bool, to writer: inout JSONWriter) {
        if isFirst { writer.member("type", isCustom ? "custom" : "function") }
        writer.object(isCustom ? "custom" : "function") { writer in
            if isFirst { writer.member("name", name) }
            if isCustom { writer.member("input", arguments) } else { writer.member("arguments", arguments) }
        }
    }
}
