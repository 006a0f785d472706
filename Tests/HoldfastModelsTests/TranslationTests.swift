import HoldfastCore
import Testing

@testable import HoldfastModels

@Suite("What dialects share")
struct TranslationTests {
    @Test("fit ids stay, others become fit, each its own")
    func ids() {
        for id in ["call_k_12_0", "a", String(repeating: "x", count: 64)] { #expect(CallID.sanitized(id) == id) }
        let odd = ["", "a.b", "a:b", "a/b", "ä", String(repeating: "x", count: 65), String(repeating: "x", count: 66)]
        let fit = odd.map { CallID.sanitized($0) }
        #expect(Set(fit).count == odd.count)
        for id in fit {
            #expect(1...64 ~= id.count)
            #expect(id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) })
        }
        #expect(CallID.sanitized("call:2") == "call_2_95b5b3995da20981")
    }

    @Test("data URLs")
    func dataURLs() {
        #expect(DataURL("data:image/PNG;base64,UE5H")?.mediaType == "image/png")
        #expect(DataURL("data:text/plain;charset=utf-8;base64,QQ==")?.base64 == "QQ==")
        for url in ["https://x/y", "data:image/png,raw", "data:;base64", "data:", "", "data:base64,x"] {
            #expect(DataURL(url) == nil, "\(url)")
        }
    }

    @Test("percent-encoding keeps what is unreserved")
    func percent() {
        #expect(PercentEncoding.encoded("aZ09-._~ /:%ä") == "aZ09-._~%20%2F%3A%25%C3%A4")
        #expect(PercentEncoding.encoded("/a:", keeping: [0x2F]) == "/a%3A")
    }

    @Test("results stand first in their turn, whatever came between")
    func results() throws {
        let request = ModelRequest(
            model: "m",
            context: [
                .call(id: "a", name: "t", arguments: ""), .call(id: "b", name: "t", arguments: "[]"),
                .result(id: "a", output: []), .user([.text("x")]), .result(id: "b", output: []), .system("s"),
                .user([.text("y")]), .assistant(" \n"), .assistant("z"),
            ])
        let dialogue = try Dialogue(request, provider: "p", dialect: "d")
        #expect(
            dialogue.turns == [
                Turn(
                    role: .assistant,
                    blocks: [
                        .toolUse(id: "a", name: "t", input: [:]),
                        .toolUse(id: "b", name: "t", input: ["arguments": "[]"]),
                    ]),
                Turn(
                    role: .user,
                    blocks: [.toolResult(id: "a", []), .toolResult(id: "b", []), .part(.text("x")), .part(.text("y"))]),
                Turn(role: .assistant, blocks: [.part(.text("z"))]),
            ])
        #expect(dialogue.system == ["s"])
        #expect(dialogue.calledTools == ["t"])
    }
}
