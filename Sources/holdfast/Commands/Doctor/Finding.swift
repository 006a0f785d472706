import HoldfastCore

/// One thing that the doctor looked at.
struct Finding: Sendable {
    /// How good it is.
    enum Grade: String, Sendable {
        case fine
        /// Worth knowing; the server works.
        case remark
        /// Something does not work, or not safely.
        case problem
    }

    var name: String
    var grade: Grade
    var detail: String
    /// What to do.
    var remedy: String?

    init(_ name: String, _ grade: Grade, _ detail: String, _ remedy: String?) {
        self.name = name
        self.grade = grade
        self.detail = detail
        self.remedy = remedy
    }

    var json: JSON {
        [
            "name": .string(name), "grade": .string(grade.rawValue), "detail": .string(detail),
            "remedy": remedy.map { .string($0) } ?? .null,
        ]
    }

    /// Prints the finding for a person.
    func print() {
        let mark =
            switch grade {
            case .fine: Style.green("✔")
            case .remark: Style.yellow("•")
            case .problem: Style.red("✖")
            }
        Terminal.line("\(mark) \(Text.pad(name, to: 28)) \(Text.oneLine(Text.safe(detail)))")
        if let remedy { Terminal.line(Style.dim("    → \(remedy)")) }
    }
}
