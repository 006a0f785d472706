import HoldfastCore
import HoldfastTestKit
import Testing

@Suite("JSON")
struct JSONTests {
    @Test(
        "accepts what RFC 8259 allows",
        arguments: [
            ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-0", 0), ("-1", -1),
            ("9223372036854775807", 9_223_372_036_854_775_807), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.5", 1.5), ("1e2", .number(100)),
            ("1E+2", .number(100)), ("-1.25e-2", -0.0125), ("\"\"", ""),
            ("\"a\\n\\t\\b\\f\\r\\/\\\\\\\"\"", "a\n\t\u{8}\u{c}\r/\\\""),
            ("\"\\u00e9\\uD83D\\ude00\"", "é😀"), ("\"\\u0000\"", "\0"), ("\"日本\"", "日本"), ("\u{20}[\n]\t", []),
            ("[1,[2,[]],{}]", [1, [2, []], [:]]), ("{\"a\":1,\"b\":{\"c\":[null]}}", ["a": 1, "b": ["c": [nil]]]),
            ("{\"\":0}", ["": 0]), ("\"\u{7f}\u{2028}\"", "\u{7f}\u{2028}"),
        ] as [(String, JSON)])
    func accepts(text: String, value: JSON) throws {
        #expect(try JSONParser.parse(text) == value)
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", " ", "nul", "truefalse", "True", "+1", "01", "-", "-01", "1.", ".5", "1.e2", "1e", "1e+", "0x1", "NaN",
            "Infinity", "1e999", "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\n\"", "\"\t\"", "\"\u{1f}\"",
            "'a'",
            "[", "]", "[1,]", "[,1]", "[1 2]", "[1", "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}",
            "{\"a\":1 \"b\":2}", "[1]]", "1 2", "// c\n1", "/**/1", "\u{feff}1", "\"\\ud800\"", "\"\\udc00\"",
            "\"\\ud800\\u0041\"", "\"\\ud800x\"", "\u{a0}1", "{\"a\":1", "[\"a", "--1", "1-", "\"a\" ,", ":",
        ])
    func refuses(text: String) {
        #expect(throws: JSONParseError.self) { try JSONParser.parse(text) }
    }

    @Test(
        "refuses invalid UTF-8",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            [0xF0, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func utf8(bytes: [UInt8]) {
        for text in [[0x22] + bytes + [0x22], [0x22, 0x5C, 0x6E] + bytes + [0x22], bytes] {
            #expect(throws: JSONParseError.self) { try JSONParser.parse(text) }
        }
    }

    @Test("bounds the depth")
    func depth() throws {
        let options = JSONParser.Options(maximumDepth: 3)
        #expect(try JSONParser.parse("[[[1]],[{}]]", options: options) == [[[1]], [[:]]])
        for text in ["[[[[]]]]", "{\"a\":{\"a\":{\"a\":{}}}}", String(repeating: "[", count: 1_000_000)] {
            #expect(throws: JSONParseError.self) { try JSONParser.parse(text, options: options) }
        }
    }

    @Test("refuses NUL when asked to")
    func nul() {
        let options = JSONParser.Options(rejectsNUL: true)
        for text in ["\"a\\u0000b\"", "{\"\\u0000\":1}", "[[\"\\u0000\"]]"] {
            #expect(throws: JSONParseError.self) { try JSONParser.parse(text, options: options) }
        }
        #expect(throws: JSONParseError.self) { try JSONParser.parse([0x22, 0x00, 0x22], options: options) }
    }

    @Test("says where it failed")
    func offset() {
        let error = #expect(throws: JSONParseError.self) { try JSONParser.parse("[1, x]") }
        #expect(error?.offset == 4)
    }

    @Test("keeps the order of members, and of duplicates the last one counts")
    func members() throws {
        let value = try JSONParser.parse("{\"b\":1,\"a\":2,\"b\":3}")
        #expect(value["b"] == 3)
        #expect(value.object?.members.map(\.name) == ["b", "a", "b"])
        #expect(value.text == "{\"b\":1,\"a\":2,\"b\":3}")
        var object: JSONObject = ["x": 1, "y": 2]
        object["x"] = "new"
        object["y"] = nil
        object["z"] = true
        #expect(object == ["x": "new", "z": true])
    }

    @Test("reads numbers as what they are")
    func numbers() {
        #expect(JSON.number(3).integer == 3)
        #expect(JSON.number(3.5).integer == nil)
        #expect(JSON.number(1e300).integer == nil)
        #expect(JSON.integer(3).double == 3)
        #expect(JSON.number(.infinity).text == "null")
    }

    @Test("escapes what must be escaped")
    func escapes() {
        #expect(JSON.string("\u{0}\u{1f}\"\\/\n\r\t").text == #""\u0000\u001f\"\\/\n\r\t""#)
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("a", 1)
            writer.array("b") { $0.value("x") }
            writer.name("c")
            writer.null()
            writer.member(ifPresent: "d", String?.none)
            writer.object("e") { _ in }
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":1,"b":["x"],"c":null,"e":{}}"#)
    }

    @Test("what is accepted is written and read as the same value", arguments: 0..<8 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let value = RandomJSON.value(&random, depth: 5)
            #expect(try JSONParser.parse(JSONWriter.bytes(value)) == value)
        }
    }

    @Test("damaged text never crashes the parser", arguments: 0..<8 as Range<UInt64>)
    func fuzz(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var accepted = 0
        for _ in 0..<2_000 {
            var bytes = JSONWriter.bytes(RandomJSON.value(&random, depth: 4))
            for _ in 0..<random.number(1...3) { RandomJSON.damage(&bytes, &random) }
            guard let value = try? JSONParser.parse(bytes, options: .init(maximumDepth: 20)) else { continue }
            accepted += 1
            #expect(try JSONParser.parse(JSONWriter.bytes(value)) == value)
        }
        #expect(accepted > 20)
    }
}

/// Random values and random damage.
enum RandomJSON {
    private static let strings = ["", "a", "é", "😀", "\n", "\"", "\\", "\0", "\u{1f}", "\u{2028}", "name", "日本語 text"]

    static func string(_ random: inout SeededRandom) -> String {
        (0..<random.number(0...3)).map { _ in random.pick(strings) }.joined()
    }

    static func value(_ random: inout SeededRandom, depth: Int) -> JSON {
        switch random.below(depth > 0 ? 9 : 6) {
        case 0: return .null
        case 1: return .bool(random.chance(50))
        case 2: return .integer(Int64(bitPattern: random.next()))
        case 3: return .integer(Int64(random.number(-9...9)))
        case 4:
            let number = Double(bitPattern: random.next())
            // A double without a fraction comes back as an integer when it fits one.
            guard number.isFinite else { return 0.5 }
            return Int64(exactly: number).map { .integer($0) } ?? .number(number)
        case 5: return .string(string(&random))
        case 6: return .array((0..<random.number(0...4)).map { _ in value(&random, depth: depth - 1) })
        default:
            return .object(
                JSONObject(
                    (0..<random.number(0...4)).map { _ in
                        .init(name: string(&random), value: value(&random, depth: depth - 1))
                    }))
        }
    }

    static func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let signs = Array("{}[]\",:\\u0123456789eE+-.tfn \u{0}".utf8) + [0x80, 0xC3, 0xED, 0xFF]
        guard !bytes.isEmpty else { return bytes.append(random.pick(signs)) }
        let place = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes[place] = random.pick(signs)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(random.pick(signs), at: place)
        case 3: bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: bytes[place...].prefix(random.number(1...8)), at: place)
        }
    }
}
