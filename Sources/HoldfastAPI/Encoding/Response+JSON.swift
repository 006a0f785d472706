import HTTPTypes
import HoldfastCore
import HoldfastStore
import Hummingbird
import NIOCore

extension Response {
    /// A JSON answer.
    static func json(_ value: some JSONWritable, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(value))))
    }

    /// A list page in OpenAI's envelope.
    static func list<Entry: JSONWritable>(_ page: Page<Entry>, id: (Entry) -> String) -> Response {
        var writer = JSONWriter(reserving: 4_096)
        writer.object { writer in
            writer.member("object", "list")
            writer.member("data", page.entries)
            writer.member("first_id", page.entries.first.map(id))
            writer.member("last_id", page.entries.last.map(id))
            writer.member("has_more", page.hasMore)
        }
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }
}

extension Page {
    /// The same page of something else.
    func map<Other: Sendable>(_ transform: (Entry) -> Other) -> Page<Other> {
        Page<Other>(entries: entries.map(transform), hasMore: hasMore)
    }
}
