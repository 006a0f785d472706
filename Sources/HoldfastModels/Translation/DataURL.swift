/// A `data:` URL (RFC 2397) whose data is in Base64.
struct DataURL: Equatable {
    /// Without parameters, in lower case.
    var mediaType: String
    /// The data, still in Base64.
    var base64: String

    /// `nil` when it is another kind of URL.
    init?(_ url: String) {
        guard url.utf8.starts(with: "data:".utf8), let comma = url.utf8.firstIndex(of: 0x2C) else { return nil }
        let head = url[url.utf8.index(url.startIndex, offsetBy: 5)..<comma].split(
            separator: ";", omittingEmptySubsequences: false)
        guard head.count > 1, head.last?.lowercased() == "base64" else { return nil }
        mediaType = head[0].lowercased()
        base64 = String(url[url.utf8.index(after: comma)...])
    }
}
