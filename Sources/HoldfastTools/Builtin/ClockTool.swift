import Foundation
import Glibc
import HoldfastCore

/// `clock`: the current time. It needs no environment.
enum ClockTool {
    static let offered = OfferedTool.builtin(
        "clock", "Tells the current time as RFC 3339 text, in UTC or in a time zone.",
        ServerTool(effectClass: .read),
        required: [],
        ["timezone": ["type": "string", "description": "An IANA name such as Europe/Berlin; UTC when absent."]])

    static func run(_ arguments: ToolArguments) throws(ToolArgumentError) -> ToolOutcome {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let milliseconds = Milliseconds(now.tv_sec) * 1_000 + Milliseconds(now.tv_nsec) / 1_000_000
        let zone = try arguments.optionalString("timezone") ?? "UTC"
        guard let offset = offset(of: zone, at: milliseconds) else {
            throw ToolArgumentError("'timezone' must be an IANA name such as Europe/Berlin; '\(zone)' is none")
        }
        return ToolOutcome(.succeeded, output: RFC3339.text(milliseconds, offset: offset))
    }

    /// Seconds east of UTC. UTC needs no time zone data: it is the fast path.
    private static func offset(of zone: String, at milliseconds: Milliseconds) -> Int? {
        if zone == "UTC" { return 0 }
        return TimeZone(identifier: zone)?
            .secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds) / 1_000))
    }
}

/// RFC 3339 text without a formatter.
enum RFC3339 {
    /// The text of a time, `offset` seconds east of UTC, with milliseconds.
    static func text(_ milliseconds: Milliseconds, offset: Int = 0) -> String {
        let local = milliseconds + Milliseconds(offset) * 1_000
        let days = local.floorDivided(by: 86_400_000)
        let rest = Int(local - days * 86_400_000)
        let (year, month, day) = civil(days: Int(days))
        var text: [UInt8] = []
        text.reserveCapacity(29)
        text.append(year, digits: 4)
        text.append(0x2D)
        text.append(month, digits: 2)
        text.append(0x2D)
        text.append(day, digits: 2)
        text.append(0x54)
        text.append(rest / 3_600_000, digits: 2)
        text.append(0x3A)
        text.append(rest / 60_000 % 60, digits: 2)
        text.append(0x3A)
        text.append(rest / 1_000 % 60, digits: 2)
        text.append(0x2E)
        text.append(rest % 1_000, digits: 3)
        if offset == 0 {
            text.append(0x5A)
        } else {
            text.append(offset < 0 ? 0x2D : 0x2B)
            text.append(abs(offset) / 3_600, digits: 2)
            text.append(0x3A)
            text.append(abs(offset) / 60 % 60, digits: 2)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The date that is a number of days after 1970-01-01 in the Gregorian calendar. Counting years from March puts
    /// the leap day last.
    static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

extension [UInt8] {
    /// Appends a decimal number with leading zeros.
    fileprivate mutating func append(_ value: Int, digits: Int) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            append(0x30 + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
