/// A piece of the answer that is being written. Pieces are coalesced, and nobody waits for their commit; the whole
/// answer follows in `ModelAnswered`.
public struct ModelDelta: Sendable, Equatable, JSONWritable {
    public var piece: ModelPiece

    public init(_ piece: ModelPiece) {
        self.piece = piece
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            switch piece {
            case .reasoning(let text): writer.member("reasoning", text)
            case .text(let text): writer.member("text", text)
            case .item(let item): writer.member("item", item)
            }
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        if let text = json["text"]?.string {
            piece = .text(text)
        } else if let item = json["item"]?.object {
            piece = .item(item)
        } else {
            piece = .reasoning(try json.string("reasoning"))
        }
    }
}
