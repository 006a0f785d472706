import HoldfastModels
import Testing

@Suite("Scripted language")
struct ScriptedLanguageTests {
    @Test("the reference's vectors hold", arguments: try ScriptedVector.load("scripted"))
    func referenceVectors(_ vector: ScriptedVector) {
        check(vector)
    }

    /// Made with `scripted.py`: forms at the edge of each instruction, odd white space, tokens, usage.
    @Test("random contexts answer as the reference does", arguments: try ScriptedVector.load("scripted-random"))
    func randomVectors(_ vector: ScriptedVector) {
        check(vector)
    }

    private func check(_ vector: ScriptedVector) {
        let step = ScriptedLanguage.respond(to: vector.context, offered: vector.tools)
        #expect(step == vector.step)
        let tokens = ScriptedLanguage.tokens(step.text)
        #expect(tokens.joined().utf8.elementsEqual(step.text.utf8))
        #expect(tokens.count == ScriptedLanguage.tokenCount(step.text))
        if let expected = vector.tokens { #expect(tokens == expected) }
        if let expected = vector.usage {
            #expect(ScriptedLanguage.usage(of: step.answer, context: vector.context) == expected)
        }
    }

    @Test("a pattern that does not compile finds nothing", arguments: ["(", "[", "a{2,1}", "*", "(?P<n"])
    func invalidPattern(pattern: String) {
        let step = ScriptedLanguage.respond(to: [.system("( [ *"), .user("recall \(pattern)")], offered: [])
        #expect(step.text == "no match")
    }

    @Test("a group that took no part is empty")
    func absentGroup() {
        let step = ScriptedLanguage.respond(to: [.system("b"), .user("say -\nrecall (a)?b")], offered: [])
        #expect(step.text == "-\n")
    }

    @Test("endless repetition is cut")
    func boundedRepetition() {
        let script = "repeat 99999999999999999999 say abc\nrepeat 999999999 say abc"
        let step = ScriptedLanguage.respond(to: [.user(script)], offered: [])
        #expect(step.text.utf8.count <= ScriptedLanguage.maximumText + 16)
        #expect(step.text.hasPrefix("abc abc"))
    }

    @Test("a fallback script answers only where the message is no script")
    func fallback() {
        let fallback = ScriptedLanguage.Script("call f\nthen\nsay end")
        let plain: [ScriptedLanguage.Entry] = [.user("hello")]
        #expect(ScriptedLanguage.respond(to: plain, offered: [], fallback: fallback).calls.count == 1)
        let later = plain + [.call(name: "f", arguments: "{}"), .result("1")]
        #expect(ScriptedLanguage.respond(to: later, offered: [], fallback: fallback).text == "end")
        #expect(ScriptedLanguage.respond(to: [.user("say x")], offered: [], fallback: fallback).text == "x")
    }
}
