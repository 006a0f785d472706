import HoldfastCore
import HoldfastModels
import NIOCore
import Testing

@Suite("Usage that is read off passing answers")
struct AnswerMeterTests {
    private static let usage =
        #"{"prompt_tokens":12,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4}}"#
    private static let expected = TokenUsage(input: 12, cached: 4, output: 5)

    /// What passes when a text comes in pieces of this size, and the meter afterwards.
    private func pass(
        _ text: String, size: Int, isEventStream: Bool, strips: Bool = false
    ) -> (passed: String, meter: AnswerMeter) {
        var meter = AnswerMeter(isEventStream: isEventStream, stripsUsage: strips)
        var passed = ByteBuffer()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            var kept = meter.take(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
            passed.writeBuffer(&kept)
        }
        var rest = meter.end()
        passed.writeBuffer(&rest)
        return (String(buffer: passed), meter)
    }

    @Test("the member of a whole answer is found, wherever it stands and however the bytes come")
    func whole() {
        let texts = [
            #"{"usage":\#(Self.usage),"choices":[{"message":{"content":"x"}}]}"#,
            #"{"choices":[{"usage":{"prompt_tokens":99}}], "usage" : \#(Self.usage) }"#,
            #"{"a":"\"usage\":{\"prompt_tokens\":99}","b":"\\","usage":\#(Self.usage)}"#,
            #"{"usages":{"prompt_tokens":99},"xusage":1,"usage":null,"usage":\#(Self.usage),"z":[{"usage":1}]}"#,
        ]
        for text in texts {
            for size in [1, 2, 3, 7, 1_000] {
                let (passed, meter) = pass(text, size: size, isEventStream: false)
                #expect(passed == text && meter.usage == Self.expected, "\(text) by \(size)")
            }
        }
    }

    @Test(
        "an answer without usage has none",
        arguments: ["{}", "", "[1]", #"{"usage":null}"#, #"{"usage":7}"#, #"{"usage":{"#, #"{"x":{"usage":{}}}"#])
    func none(text: String) {
        for size in [1, 5] { #expect(pass(text, size: size, isEventStream: false).meter.usage == nil) }
    }

    private static let stream = [
        #"data: {"choices":[{"delta":{"content":"a"}}],"usage":null}"#,
        #"data: {"choices":[{"delta":{"content":"say \"usage\": {}"}}]}"#, ": a comment",
        #"data: {"choices":[],"usage":\#(usage)}"#, "data: [DONE]",
    ]

    @Test("a stream passes whole, in whatever pieces it comes", arguments: ["\n\n", "\r\n\r\n"])
    func stream(end: String) {
        let text = Self.stream.map { $0 + end }.joined()
        for size in 1...80 {
            let (passed, meter) = pass(text, size: size, isEventStream: true)
            #expect(passed == text && meter.usage == Self.expected, "by \(size)")
            #expect(meter.estimatedOutput == 5)
        }
    }

    @Test("the usage that the client did not ask for is taken out, and nothing else", arguments: ["\n\n", "\r\n\r\n"])
    func strips(end: String) {
        let text = Self.stream.map { $0 + end }.joined()
        let rest = Self.stream.enumerated().filter { $0.offset != 3 }.map { $0.element + end }.joined()
        for size in 1...80 {
            let (passed, meter) = pass(text, size: size, isEventStream: true, strips: true)
            #expect(passed == rest && meter.usage == Self.expected, "by \(size)")
        }
    }

    @Test("usage beside a part of the answer is read and stays")
    func beside() {
        let text = #"data: {"choices":[{"delta":{}}],"usage":\#(Self.usage)}"# + "\n\n"
        let (passed, meter) = pass(text, size: 9, isEventStream: true, strips: true)
        #expect(passed == text && meter.usage == Self.expected)
    }

    @Test("a stream that is cut off loses nothing that came, and an endless event is not held for ever")
    func cut() {
        let text = "data: {\"choices\":[]}\n\ndata: half"
        #expect(pass(text, size: 4, isEventStream: true, strips: true).passed == text)
        var meter = AnswerMeter(isEventStream: true, stripsUsage: true)
        let large = ByteBuffer(repeating: 0x61, count: 1 << 20)
        #expect(meter.take(large).readableBytes == 1 << 20)
    }
}
