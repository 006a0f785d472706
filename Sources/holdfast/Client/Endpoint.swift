import ArgumentParser

/// A server's address: a base URL with a key, or the Unix socket of a data directory.
struct Endpoint: Sendable, Equatable {
    /// The URL that paths such as `/agents` are appended to.
    var base: String
    var key: String?
    /// How messages call it.
    var name: String
    /// The data directory, when the server is reached through its socket.
    var dataDirectory: String?

    /// An address that is used as it is.
    init(base: String, name: String, key: String? = nil) {
        self.base = base
        self.name = name
        self.key = key
    }

    /// A server that is reached over HTTP.
    init(url: String, key: String?) throws {
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        guard base.hasPrefix("http://") || base.hasPrefix("https://") else {
            throw ValidationError("The URL '\(url)' must begin with http:// or https://.")
        }
        let rest = base.drop { $0 != ":" }.dropFirst(3)
        if !rest.contains("/") { base += "/v1" }
        self.base = base
        self.key = key
        name = base
    }

    /// The server of a data directory.
    init(dataDirectory: String) {
        let path = "\(dataDirectory)/admin.sock"
        base = "http+unix://\(Self.escaped(path, keeping: ""))/v1"
        name = path
        self.dataDirectory = dataDirectory
    }

    /// Percent-encodes everything but unreserved characters and those in `keeping`.
    static func escaped(_ text: String, keeping: String = "") -> String {
        let digits = Array("0123456789ABCDEF")
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            let character = Character(scalar)
            if scalar.isASCII,
                character.isLetter || character.isNumber || "-._~".contains(character)
                    || keeping.contains(character)
            {
                result.append(character)
            } else {
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return result
    }
}
