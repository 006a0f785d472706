import HoldfastCore

/// A server refused a request.
struct APIError: Error, CustomStringConvertible {
    var status: Int
    var message: String
    var code: String?
    var param: String?
    var requestID: String?

    /// Reads OpenAI's error envelope; whatever else came is shown in part.
    init(status: Int, body: [UInt8], requestID: String?) {
        self.status = status
        self.requestID = requestID
        let error = (try? JSONParser.parse(body))?["error"]
        message = error?["message"]?.string ?? Text.cut(String(decoding: body.prefix(400), as: UTF8.self), to: 200)
        code = error?["code"]?.string ?? error?["type"]?.string
        param = error?["param"]?.string
        if message.isEmpty { message = "the server answered with status \(status)" }
    }

    /// Whether a later attempt may succeed.
    var isTransient: Bool { status == 408 || status == 429 || status >= 500 }

    var description: String {
        var details = ["\(status)"]
        if let code { details.append(code) }
        if let param { details.append("field \(param)") }
        if let requestID { details.append("request \(requestID)") }
        return Text.safe("\(message) (\(details.joined(separator: ", ")))")
    }
}
