/// No server answers.
struct Unreachable: Error, CustomStringConvertible {
    var endpoint: Endpoint
    var cause: any Error

    var description: String {
        let message = "No server answers on \(endpoint.name): \(Text.cut("\(cause)", to: 160))"
        guard let data = endpoint.dataDirectory else { return message }
        return message + "\nStart one with: holdfast serve --data \(data)"
    }
}
