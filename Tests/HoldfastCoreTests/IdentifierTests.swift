import HoldfastCore
import HoldfastTestKit
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    private let identifiers = SessionIdentifiers(session: "sess_0123456789abcdefghjkmnpqrs")

    @Test("ids come from the session's key and a place")
    func ids() {
        #expect(identifiers.key == "abcdefghjkmnpqrs")
        #expect(identifiers.turn(4) == "turn_abcdefghjkmnpqrs_4")
        #expect(identifiers.item("msg", 7, 1) == "msg_abcdefghjkmnpqrs_7_1")
        #expect(identifiers.call(7, 0) == "call_abcdefghjkmnpqrs_7_0")
        #expect(identifiers.event(9, 3) == "evt_abcdefghjkmnpqrs_9_3")
    }

    @Test("an event id names its place")
    func positions() {
        #expect(identifiers.position(ofEvent: identifiers.event(12, 3)) == StreamPosition(seq: 12, part: 3))
        for id in [
            "", "evt", "evt_abcdefghjkmnpqrs", "evt_abcdefghjkmnpqrs_1", "evt_abcdefghjkmnpqrt_1_0",
            "evt_abcdefghjkmnpqrs_0_0", "evt_abcdefghjkmnpqrs_-1_0", "evt_abcdefghjkmnpqrs_1_-1",
            "evt_abcdefghjkmnpqrs_01_0", "evt_abcdefghjkmnpqrs_+1_0", "evt_abcdefghjkmnpqrs_1_00",
            "evt_abcdefghjkmnpqrs_1_0_0", "evt_abcdefghjkmnpqrs_99999999999999999999_0", "msg_abcdefghjkmnpqrs_1_0",
        ] {
            #expect(identifiers.position(ofEvent: id) == nil, "\(id)")
        }
        #expect(StreamPosition(seq: 1, part: 9) < StreamPosition(seq: 2, part: 0))
        #expect(StreamPosition(seq: 2, part: 0) < StreamPosition(seq: 2, part: 1))
    }

    @Test("random ids are Crockford base 32 and sort by time")
    func base32() {
        var random = SeededRandom(seed: 1)
        let early = Base32.id("sess", at: 1_700_000_000_000, using: &random)
        let late = Base32.id("sess", at: 1_700_000_000_001, using: &random)
        #expect(early.count == 31)
        #expect(early < late)
        #expect(early.dropFirst(5).allSatisfy { "0123456789abcdefghjkmnpqrstvwxyz".contains($0) })
        #expect(Base32.encode(0, count: 3) == "000")
        #expect(Base32.encode(33, count: 3) == "011")
        #expect(Base32.encode(1_023, count: 2) == "zz")
    }

    @Test("sessions spread over all partitions, the same way for ever")
    func partitions() {
        #expect(Partition.count == 256)
        #expect(Partition.of(session: "") == 0xC5 ^ 0x9D ^ 0x1C ^ 0x81)
        var random = SeededRandom(seed: 2)
        var counts = [Int](repeating: 0, count: Partition.count)
        for _ in 0..<25_600 { counts[Partition.of(session: Base32.id("sess", at: 1, using: &random))] += 1 }
        #expect(counts.allSatisfy { 50...160 ~= $0 })
    }
}
