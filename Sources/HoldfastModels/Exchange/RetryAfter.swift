import FoundationEssentials
package import HoldfastCore
import NIOHTTP1

/// Reads how long a server asks to wait.
package enum RetryAfter {
    /// Nobody waits longer within a turn; also keeps nonsense from overflowing.
    private static let maximum: Milliseconds = 3_600_000

    /// From `retry-after-ms`, or from `Retry-After` in seconds or as a date.
    static func read(_ headers: HTTPHeaders) -> Milliseconds? {
        if let wait = headers.first(name: "retry-after-ms").flatMap(Double.init) { return bounded(wait) }
        guard let value = headers.first(name: "retry-after") else { return nil }
        if let seconds = Double(value) { return bounded(seconds * 1_000) }
        guard let date = seconds(fromHTTPDate: value) else { return nil }
        // The server's own clock, when it says it, makes a wrong clock here harmless.
        let now = headers.first(name: "date").flatMap(seconds(fromHTTPDate:)) ?? Int(Date().timeIntervalSince1970)
        return bounded(Double(date - now) * 1_000)
    }

    /// A wait in whole seconds, as `Retry-After` says it to clients; never shorter than the wait.
    package static func wholeSeconds(_ wait: Milliseconds) -> Int { Int((wait + 999) / 1_000) }

    private static func bounded(_ milliseconds: Double) -> Milliseconds? {
        milliseconds.isNaN ? nil : Milliseconds(min(max(0, milliseconds), Double(maximum)))
    }

    /// Seconds since 1970 of a date like `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers may send.
    package static func seconds(fromHTTPDate text: String) -> Int? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = months.firstIndex(of: String(parts[2])), 1...31 ~= day, 1970...9999 ~= year
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int($0) }
        guard time.count == 3, 0..<24 ~= time[0], 0..<60 ~= time[1], 0...60 ~= time[2] else { return nil }
        return days(year, month + 1, day) * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Days from 1970-01-01, with years that begin in March, so that the leap day is the last one.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
