extension ScriptedLanguage {
    /// One line of a script.
    package enum Instruction: Sendable, Equatable {
        case say(String)
        case repeatSay(count: Int, text: String)
        case reason(String)
        case call(name: String, arguments: String)
        case recall(String)
        case wait(Int)
        case slow(Int)
        case fail(Int)
        case count
        case tools
        case then

        fileprivate var isCall: Bool {
            if case .call = self { true } else { false }
        }
    }

    /// A parsed script: the instructions of each step. It may have no step, when all it says is `then`.
    package struct Script: Sendable, Equatable {
        package let steps: [[Instruction]]

        /// Parses a message; `nil` when it is no script: one line that is no instruction makes all of it an echo.
        package init?(_ message: String) {
            var message = message
            let steps = message.withUTF8 { bytes in Self.steps(bytes) }
            guard let steps else { return nil }
            self.steps = steps
        }

        private static func steps(_ bytes: UnsafeBufferPointer<UInt8>) -> [[Instruction]]? {
            var steps: [[Instruction]] = []
            var step: [Instruction] = []
            var isScript = false
            var start = 0
            while start <= bytes.count {
                let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
                var line = ScriptLine(bytes, from: start, to: end)
                start = end + 1
                var endsStep = line.isEmpty && step.last?.isCall == true
                if !line.isEmpty {
                    guard let instruction = line.instruction() else { return nil }
                    isScript = true
                    if instruction == .then { endsStep = true } else { step.append(instruction) }
                }
                if endsStep, !step.isEmpty {
                    steps.append(step)
                    step = []
                }
            }
            if !step.isEmpty { steps.append(step) }
            return isScript ? steps : nil
        }
    }
}
