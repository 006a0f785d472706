import Foundation
import HoldfastCore
import Testing

@testable import HoldfastTools

@Suite struct CommandOutputTests {
    @Test func charactersSurviveEverySplit() {
        let text = "aé€😀\n"
        let bytes = Array(text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var decoder = TextDecoder()
                let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]].map { decoder.take(Array($0)) }
                #expect(pieces.joined() + decoder.finish() == text)
                #expect(!pieces.contains { $0.contains("\u{FFFD}") })
            }
        }
    }

    @Test(
        arguments: [
            ([0x61, 0x00, 0x62], "a\u{FFFD}b"), ([0xFF, 0x61], "\u{FFFD}a"), ([0xE2, 0x82], "\u{FFFD}"),
            ([0x80, 0x80], "\u{FFFD}\u{FFFD}"), ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"),
            ([0xE2, 0x28, 0xA1], "\u{FFFD}(\u{FFFD}"),
        ] as [([UInt8], String)])
    func whatIsNoTextIsReplaced(bytes: [UInt8], expected: String) {
        var whole = TextDecoder()
        #expect(whole.take(bytes) + whole.finish() == expected)
        var single = TextDecoder()
        #expect(bytes.map { single.take([$0]) }.joined() + single.finish() == expected)
    }

    @Test func aPrefixEndsBetweenCharacters() {
        #expect("a€b".prefix(utf8: 3) == "a")
        #expect("a€b".prefix(utf8: 4) == "a€")
        #expect("a€b".prefix(utf8: 99) == "a€b")
        #expect("€".prefix(utf8: 0) == "")
    }

    @Test func outputOfACommandIsDecodedAcrossReads() async throws {
        let fixture = try await ToolsFixture()
        let outcome = await fixture.shell(
            #"printf '\xe2'; sleep 0.05; printf '\x82'; sleep 0.05; printf '\xac\x00\xff.'"#)
        #expect(outcome.output == "€\u{FFFD}\u{FFFD}.")
    }

    @Test func pieceByPieceIsTheOutcome() async throws {
        let fixture = try await ToolsFixture()
        let emitted = Emitted()
        let command = "for i in 1 2 3; do echo out $i; echo err $i >&2; until [ -e go$i ]; do :; done; done; exit 4"
        async let running = fixture.call("shell", ["command": .string(command)], emit: emitted.add)
        // Each piece is here before the command may go on.
        for number in 1...3 {
            #expect(await emitted.contains("out \(number)\nerr \(number)\n"))
            try fixture.workspace().write(WorkspacePath("go\(number)"), [])
        }
        let outcome = await running
        #expect(outcome.output == "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n")
        #expect(emitted.text == outcome.output)
        #expect(outcome.exitCode == 4)
    }

    @Test func longOutputGoesToAFile() async throws {
        let fixture = try await ToolsFixture { $0.toolOutput = 1_000 }
        let emitted = Emitted()
        let outcome = await fixture.call("shell", ["command": "seq 1 5000"], call: "call/../x", emit: emitted.add)
        let all = (1...5_000).map { "\($0)\n" }.joined()
        #expect(outcome.kind == .succeeded)
        #expect(
            outcome.output
                == all.prefix(1_000) + "[output cut at 1000 bytes; the rest is in .holdfast/output-call____x.txt]")
        #expect(emitted.text == outcome.output)
        #expect(try String(contentsOfFile: fixture.path(".holdfast/output-call____x.txt"), encoding: .utf8) == all)
        // What the text says is there is there for the model too.
        #expect((await fixture.shell("tail -n 1 .holdfast/output-*.txt")).output == "5000\n")
    }

    @Test func endlessOutputIsStopped() async throws {
        let fixture = try await ToolsFixture { limits in
            limits.toolOutput = 1_000
            limits.commandOutput = 300_000
        }
        let outcome = await fixture.shell("yes")
        #expect(outcome.kind == .failed)
        #expect(outcome.output.hasSuffix("[stopped: printed more than 300000 bytes]"))
        let attributes = try FileManager.default.attributesOfItem(atPath: fixture.path(".holdfast/output-call_1.txt"))
        #expect(attributes[.size] as? Int == 300_000)
    }

    @Test func aTrapInThePlaceOfTheFileIsHarmless() async throws {
        let fixture = try await ToolsFixture { $0.toolOutput = 1_000 }
        let target = "\(fixture.data)/target"
        try "intact".write(toFile: target, atomically: true, encoding: .utf8)
        _ = await fixture.shell("mkdir .holdfast; ln -s \(target) .holdfast/output-call_1.txt")
        #expect((await fixture.shell("seq 1 5000")).output.contains("the rest is in"))
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "intact")
        _ = await fixture.shell("rm -rf .holdfast; ln -s \(fixture.data) .holdfast")
        #expect((await fixture.shell("seq 1 5000")).output.hasSuffix("[output cut at 1000 bytes]"))
    }

    @Test(arguments: [
        ("true", 0), ("exit 3", 3), ("kill -9 $$", 137), ("kill -TERM $$", 143), ("no-such-program", 127),
        ("yes | head -n 1 > /dev/null; exit ${PIPESTATUS[0]}", 141), ("exit 125", 125),
        ("bash -c 'kill -9 $$'; exit 5", 5),
    ])
    func exitCodes(command: String, code: Int) async throws {
        let fixture = try await ToolsFixture()
        let outcome = await fixture.shell(command)
        #expect(outcome.exitCode == code)
        #expect(outcome.kind == (code == 0 ? .succeeded : .failed))
        #expect(try #require(outcome.duration) >= 0)
    }
}
