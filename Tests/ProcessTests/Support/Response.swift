/// What a server answered.
struct Response {
    var status: Int
    /// Names in lower case.
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? JSONValue(raw: nil) }
    var keepsConnection: Bool { headers["connection"]?.lowercased() != "close" }
}

extension Socket {
    /// Reads a response. Throws `Closed` when the connection ends before one is complete.
    func response(within limit: Duration = .seconds(20)) throws -> Response {
        let end = ContinuousClock.now + limit
        var response = try head(until: end)
        if response.headers["transfer-encoding"]?.lowercased() == "chunked" {
            while let chunk = try chunk(until: end) { response.body += chunk }
        } else if let length = response.headers["content-length"].flatMap(Int.init) {
            response.body = try bytes(length, until: end)
        } else if response.status >= 200, response.status != 204, response.status != 304 {
            response.body = try rest(until: end)
        }
        return response
    }

    /// The status line and the header fields.
    func head(until end: ContinuousClock.Instant) throws -> Response {
        let line = try line(until: end)
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            throw Failure("not a status line: \(line)")
        }
        var response = Response(status: status)
        while true {
            let field = try self.line(until: end)
            if field.isEmpty { return status == 100 ? try head(until: end) : response }
            let pieces = field.split(separator: ":", maxSplits: 1)
            response.headers[pieces[0].lowercased()] = pieces.count > 1 ? String(pieces[1].drop { $0 == " " }) : ""
        }
    }

    /// A chunk of a chunked body; `nil` at its end.
    func chunk(until end: ContinuousClock.Instant) throws -> [UInt8]? {
        let line = try line(until: end)
        guard let size = Int(line.prefix { $0 != ";" }, radix: 16) else { throw Failure("not a chunk size: \(line)") }
        let bytes = try bytes(size, until: end)
        _ = try self.line(until: end)
        return size == 0 ? nil : bytes
    }
}
