import HoldfastCore
import HoldfastTestKit
import Testing

@Suite("JSON members as places in a text")
struct JSONMembersTests {
    private func values(_ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        return try JSONMembers(bytes).members.map { member in
            "\(member.name)=\(String(decoding: bytes[member.value], as: UTF8.self))"
        }
    }

    @Test("finds every value where it stands")
    func places() throws {
        #expect(try values("{}") == [])
        #expect(try values(" { } ") == [])
        #expect(
            try values(#"{"a":1,"b":[1,{"c":"]}"}] , "d" : "x\"y" ,"e":null}"#)
                == ["a=1", #"b=[1,{"c":"]}"}]"#, #"d="x\"y""#, "e=null"])
        #expect(try values(#"{"m\u006fdel":"x"}"#) == [#"model="x""#])
    }

    @Test("of duplicate names the last one counts")
    func duplicates() throws {
        let text = Array(#"{"a":1,"a":2}"#.utf8)
        let members = try JSONMembers(text)
        #expect(members.members.count == 2)
        #expect(try String(decoding: text[#require(members["a"])], as: UTF8.self) == "2")
        #expect(members["b"] == nil)
    }

    @Test(
        "refuses what is no object",
        arguments: [
            "", " ", "[]", "1", #""a""#, "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a":1,}"#, #"{"a":1 "b":2}"#,
            #"{"a":[}"#, #"{"a":"x}"#, #"{a:1}"#, #"{"a":1}}"#, #"{"a":1} x"#, #"{"a":,"b":1}"#, #"{"a":]}"#,
            "{\"a\":\"\n\"}", "{\"a\":1}\u{0}", #"{"a":1 2}"#,
        ])
    func refusals(text: String) {
        #expect(throws: JSONParseError.self) { try JSONMembers(Array(text.utf8)) }
    }

    @Test("depth is bounded")
    func depth() {
        let deep = Array(
            (#"{"a":"# + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "}").utf8)
        #expect(throws: JSONParseError.self) { try JSONMembers(deep, maximumDepth: 64) }
        #expect(throws: Never.self) { try JSONMembers(deep, maximumDepth: 256) }
    }

    @Test("agrees with the parser on every object", arguments: 0..<8 as Range<UInt64>)
    func agreement(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            guard case .object(let object) = RandomJSON.value(&random, depth: 5) else { continue }
            let bytes = JSONWriter.bytes(object)
            let found = try JSONMembers(bytes).members.map { member in
                JSONObject.Member(name: member.name, value: try JSONParser.parse(Array(bytes[member.value])))
            }
            #expect(found == object.members)
        }
    }

    @Test(
        "damaged text never crashes the scan, and what the parser takes the scan takes",
        arguments: 0..<8 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            var bytes = JSONWriter.bytes(RandomJSON.value(&random, depth: 4))
            for _ in 0..<random.number(1...3) { RandomJSON.damage(&bytes, &random) }
            let scanned = try? JSONMembers(bytes)
            if (try? JSONParser.parse(bytes))?.object != nil { #expect(scanned != nil) }
        }
    }
}
