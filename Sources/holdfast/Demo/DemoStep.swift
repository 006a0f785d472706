import HoldfastCore

/// One step of the demo's job: one tool call.
struct DemoStep: Sendable {
    /// The place in the job, from 1.
    var number: Int
    /// What it does, for people.
    var title: String
    var tool: String
    var arguments: JSON
    /// What a shell step does, without its line in the log.
    var work = ""
    /// The text that a shell step, and only it, writes to the log; empty for other tools.
    var token = ""
    /// How long it is meant to take.
    var pace: Duration = .milliseconds(100)

    /// Whether the step writes to the log.
    var isLogged: Bool { !token.isEmpty }

    /// The beginning of the step's line in the log.
    var mark: String { "STEP \(number) \(token)" }

    /// The line of the scripted language that asks for the step.
    var line: String { "call \(tool) \(arguments.text)" }

    /// The call that finds out whether a step of unknown outcome happened, and does it if it did not.
    var settlement: String {
        guard isLogged else { return line }
        let command = """
            if grep -q '\(mark) ' steps.log; then echo 'it had happened: not repeated'; \
            else echo 'it had not happened: done now'; \(work); \(Self.log(mark)); fi
            """
        let arguments: JSON = ["command": .string(command)]
        return "call shell \(arguments.text)"
    }

    /// A shell step. It writes its line in the middle, so that a kill may hit before it or after it.
    static func shell(
        _ number: Int, _ title: String, _ work: String, using random: inout SeededRandom
    ) -> DemoStep {
        let token = Base32.random(10, using: &random)
        let before = Int.random(in: 300...900, using: &random)
        let after = Int.random(in: 200...600, using: &random)
        let mark = "STEP \(number) \(token)"
        let command = "\(work); sleep \(seconds(before)); \(log(mark)); sleep \(seconds(after))"
        return DemoStep(
            number: number, title: title, tool: "shell", arguments: ["command": .string(command)], work: work,
            token: token, pace: .milliseconds(before + after))
    }

    private static func log(_ mark: String) -> String { "echo \"\(mark) $(date +%s%N)\" >> steps.log" }

    private static func seconds(_ milliseconds: Int) -> String {
        "0." + String(repeating: "0", count: 3 - "\(milliseconds)".count) + "\(milliseconds)"
    }
}
