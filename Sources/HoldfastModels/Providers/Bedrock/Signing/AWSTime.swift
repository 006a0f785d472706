import Glibc

/// A moment as AWS writes it.
struct AWSTime: Sendable, Equatable {
    /// `20261123T191500Z`.
    var stamp: String
    /// `20261123`.
    var day: String

    /// - Parameter seconds: since 1970.
    init(seconds: Int) {
        var moment = time_t(seconds)
        var parts = tm()
        gmtime_r(&moment, &parts)
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : String(number) }
        day = String(parts.tm_year + 1_900) + padded(parts.tm_mon + 1) + padded(parts.tm_mday)
        stamp = day + "T" + padded(parts.tm_hour) + padded(parts.tm_min) + padded(parts.tm_sec) + "Z"
    }
}
