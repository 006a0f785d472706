import Glibc

/// The terminal, or whatever stands in its place.
enum Terminal {
    /// A standard stream.
    enum Stream: Int32 {
        case output = 1
        case error = 2
    }

    /// Whether people see a stream directly.
    static func isInteractive(_ stream: Stream) -> Bool { isatty(stream.rawValue) == 1 }

    /// Whether a person types the input.
    static var isInputInteractive: Bool { isatty(0) == 1 }

    /// Whether output may be coloured.
    static let isColoured: Bool =
        isInteractive(.output) && environment("NO_COLOR") == nil && environment("TERM") != "dumb"

    /// How many columns there are.
    static var width: Int {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 100 }
        return Int(size.ws_col)
    }

    /// An environment variable that is set and not empty.
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Writes text as it is.
    static func write(_ text: String, to stream: Stream = .output) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                let count = Glibc.write(stream.rawValue, start, rest.count)
                guard count > 0 || errno == EINTR else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, count)))
            }
        }
    }

    /// Writes a line.
    static func line(_ text: String = "", to stream: Stream = .output) { write(text + "\n", to: stream) }

    /// Writes a remark for a person, which is no part of the result.
    static func note(_ text: String) { line(text, to: .error) }
}
