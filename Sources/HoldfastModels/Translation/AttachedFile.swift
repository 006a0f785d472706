import HoldfastCore

/// A file in a message: an `input_file` part of OpenAI's Responses.
struct AttachedFile: Equatable {
    enum Source: Equatable {
        case data(DataURL)
        case url(String)
    }

    var name: String?
    var source: Source

    /// - Throws: when a part is no file, or one that only OpenAI has.
    init(_ part: JSONObject, dialect: String) throws(ModelError) {
        let type = part["type"]?.string ?? "unknown"
        guard type == "input_file" else { throw .unsupported("content of type '\(type)'", by: dialect) }
        name = part["filename"]?.string
        if let data = part["file_data"]?.string {
            guard let url = DataURL(data) else {
                throw .unsupported("'file_data' that is no Base64 data: URL", by: dialect)
            }
            source = .data(url)
        } else if let url = part["file_url"]?.string {
            source = .url(url)
        } else {
            throw .unsupported("'file_id'", by: dialect)
        }
    }
}
