/// Milliseconds since 1970-01-01 UTC. Time enters the core only with a command.
public typealias Milliseconds = Int64

/// How the ids of things inside a session are made: from the session's key and the place in its journal, so that the
/// pure core needs no randomness and a refolded journal gives the same ids.
///
/// A session id is `sess_` and 26 characters of Crockford base 32 (48 bits of time, 80 random bits); its *key* is the
/// last 16 of them.
public struct SessionIdentifiers: Sendable, Equatable {
    /// The session's key: the random part of its id.
    public let key: String

    public init(session: String) {
        key = String(decoding: session.utf8.suffix(16), as: UTF8.self)
    }

    /// The id of the turn that the event at `seq` began.
    public func turn(_ seq: Int64) -> String { "turn_\(key)_\(seq)" }

    /// The id of the `index`-th item that the event at `seq` made.
    public func item(_ prefix: String, _ seq: Int64, _ index: Int) -> String { "\(prefix)_\(key)_\(seq)_\(index)" }

    /// The id of the `index`-th tool call of the event at `seq`; stable over attempts, so also the idempotency key.
    public func call(_ seq: Int64, _ index: Int) -> String { "call_\(key)_\(seq)_\(index)" }

    /// The id of the `part`-th public stream event of the journal event at `seq`.
    public func event(_ seq: Int64, _ part: Int) -> String { "evt_\(key)_\(seq)_\(part)" }

    /// Whether an id that a provider gave can be an item's: well-formed, and none that this session could make itself.
    func isForeign(_ id: String) -> Bool {
        let isPlain = id.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
            default: false
            }
        }
        return isPlain && 1...128 ~= id.utf8.count && !id.contains(key)
    }

    /// The place an event id names, or `nil` when it is malformed or another session's.
    public func position(ofEvent id: String) -> StreamPosition? {
        let pieces = id.split(separator: "_", omittingEmptySubsequences: false)
        guard pieces.count == 4, pieces[0] == "evt", pieces[1] == key, let seq = Int64(pieces[2]), seq > 0,
            let part = Int(pieces[3]), part >= 0, id == event(seq, part)
        else { return nil }
        return StreamPosition(seq: seq, part: part)
    }
}

/// A place in a session's stream: after the `part`-th public event of the journal event `seq`.
public struct StreamPosition: Sendable, Hashable, Comparable {
    public var seq: Int64
    public var part: Int

    public init(seq: Int64, part: Int) {
        self.seq = seq
        self.part = part
    }

    public static func < (left: Self, right: Self) -> Bool { (left.seq, left.part) < (right.seq, right.part) }
}

/// Crockford base 32, the alphabet of all random ids.
public enum Base32 {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// The lowest `5 * count` bits of a value, most significant first.
    public static func encode(_ value: UInt64, count: Int) -> String {
        String(decoding: (0..<count).reversed().map { alphabet[Int(value >> UInt64($0 * 5) & 31)] }, as: UTF8.self)
    }

    /// `count` characters (5 bits each) from a random source.
    public static func random(_ count: Int, using generator: inout some RandomNumberGenerator) -> String {
        String(decoding: (0..<count).map { _ in alphabet[Int(generator.next(upperBound: UInt64(32)))] }, as: UTF8.self)
    }

    /// A time-ordered id: `prefix_`, 10 characters of time, 16 random ones.
    public static func id(_ prefix: String, at time: Milliseconds, using generator: inout some RandomNumberGenerator)
        -> String
    {
        "\(prefix)_\(encode(UInt64(max(0, time)), count: 10))\(random(16, using: &generator))"
    }
}

/// The 256 logical partitions that sessions are spread over.
public enum Partition {
    /// How many there are; part of the stored format, never to be changed.
    public static let count = 256

    /// The partition of a session: FNV-1a of its id, folded to 8 bits.
    public static func of(session: String) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in session.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int((hash ^ hash >> 8 ^ hash >> 16 ^ hash >> 24) & 0xFF)
    }
}
