import Foundation
import HoldfastCore
import Testing

/// An upstream's answer as `Tests/ClientTests/upstreams` recorded it, and what it means. The provider's own SDK reads
/// the same bytes there.
struct Recording: Sendable, CustomStringConvertible {
    var dialect: String
    var name: String
    var status: Int
    var fields: JSONObject
    var body: [UInt8]
    var expected: JSONObject
    var thoughts: [JSON]

    var description: String { "\(dialect) \(name)" }

    static let all: [Recording] = {
        guard let url = Bundle.module.url(forResource: "upstreams", withExtension: "json", subdirectory: "Vectors"),
            let data = try? Data(contentsOf: url), let json = try? JSONParser.parse([UInt8](data))
        else { return [] }
        return (json.array ?? []).compactMap { Recording($0) }
    }()

    static func named(_ name: String, _ dialect: Dialect) throws -> Recording {
        try #require(all.first { $0.name == name && $0.dialect == dialect.recorded })
    }

    private init?(_ json: JSON) {
        guard let dialect = json["dialect"]?.string, let name = json["name"]?.string,
            let status = json["status"]?.integer, let fields = json["fields"]?.object, let body = json["body"]?.string,
            let expected = json["expected"]?.object
        else { return nil }
        self.dialect = dialect
        self.name = name
        self.status = Int(status)
        self.fields = fields
        self.expected = expected
        self.body = json["encoding"] == "base64" ? [UInt8](Data(base64Encoded: body) ?? Data()) : [UInt8](body.utf8)
        thoughts = json["thoughts"]?.array ?? []
    }

    /// The head of the response, whose body comes in chunks.
    var head: String {
        let lines = fields.members.map { "\($0.name): \($0.value.string ?? "")\r\n" }
        return "HTTP/1.1 \(status) X\r\n\(lines.joined())connection: close\r\ntransfer-encoding: chunked\r\n\r\n"
    }

    /// Plays the whole answer, with the body in chunks of a size.
    func actions(size: Int) -> [LoopbackServer.Action] {
        [.send(head), .bytes(body.chunked(size) + [UInt8]("0\r\n\r\n".utf8))]
    }

    /// Plays the first bytes of the body, then something else.
    func actions(upTo count: Int, then last: LoopbackServer.Action) -> [LoopbackServer.Action] {
        [.send(head), .bytes(Array(body.prefix(count)).chunked(64)), last]
    }
}
