/// No server answers.
struct Unreachable: Error, CustomStringConvertible {
    var endpoint: Endpoint
    var cause: any Error

    var description: String {
        let text = "\(cause)"
        // ENOENT and ECONNREFUSED, however deep the networking library wraps them.
        let isNobody = text.contains("errno: 2)") || text.contains("errno: 111)")
        let reason = isNobody ? "nobody listens there." : Text.cut(text, to: 160)
        let message = "No server answers on \(endpoint.name): \(reason)"
        guard let data = endpoint.dataDirectory else { return message }
        return message + "\nStart one with: holdfast serve --data \(data)"
    }
}
