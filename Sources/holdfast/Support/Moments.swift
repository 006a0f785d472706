import Glibc

/// Times for people.
enum Moments {
    /// Now, in seconds since 1970.
    static var now: Int64 { Int64(time(nil)) }

    /// Now, in milliseconds since 1970.
    static var nowMilliseconds: Int64 {
        var value = timespec()
        clock_gettime(CLOCK_REALTIME, &value)
        return Int64(value.tv_sec) * 1_000 + Int64(value.tv_nsec) / 1_000_000
    }

    /// How long ago, roughly: `12 s`, `3 min`, `5 h`, `9 days`.
    static func ago(_ seconds: Int64, now: Int64 = Moments.now) -> String {
        let age = max(0, now - seconds)
        switch age {
        case ..<120: return "\(age) s ago"
        case ..<7_200: return "\(age / 60) min ago"
        case ..<172_800: return "\(age / 3_600) h ago"
        default: return "\(age / 86_400) days ago"
        }
    }

    /// A date and time in UTC: `2026-11-23 14:00`.
    static func utc(_ seconds: Int64) -> String {
        var seconds = time_t(seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let date = "\(parts.tm_year + 1_900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return "\(date) \(two(parts.tm_hour)):\(two(parts.tm_min))"
    }

    /// A local date and time with milliseconds.
    static func stamp(milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        let date = "\(parts.tm_year + 1_900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        let rest = String(milliseconds % 1_000)
        return "\(date) \(clock).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    /// A duration as a person reads it: `85 ms`, `1.2 s`, `2 min 5 s`.
    static func length(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        if milliseconds < 1_000 { return "\(milliseconds) ms" }
        if milliseconds < 60_000 { return "\(seconds(duration)) s" }
        return "\(milliseconds / 60_000) min \(milliseconds % 60_000 / 1_000) s"
    }

    /// Seconds with one decimal.
    static func seconds(_ duration: Duration) -> String {
        let tenths = (duration.milliseconds + 50) / 100
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
