import HoldfastCore

/// The demo's job: a survey of source files, one tool call a step.
struct DemoJob: Sendable {
    var steps: [DemoStep]

    /// - Parameter sample: A file of the sources, as a path under `src`.
    ///
    /// No step relies on an earlier one: its outcome may be unknown, and it may not have happened at all.
    init(sample: String, using random: inout SeededRandom) {
        let swift = "find src -name '*.swift' | sort"
        let plan: [(String, String, JSON, String)] = [
            ("look at the folder", "list_files", ["path": "src"], ""),
            ("count the lines of each file", "shell", .null, "\(swift) | xargs wc -l > lines.txt; tail -1 lines.txt"),
            (
                "find the largest files", "shell", .null,
                "\(swift) | xargs wc -l | sort -rn | sed -n 2,6p > largest.txt; head -1 largest.txt"
            ),
            ("read one of them", "read_file", ["path": .string("src/\(sample)"), "limit": 12], ""),
            ("checksum every file", "shell", .null, "\(swift) | xargs sha256sum > sums.txt; wc -l < sums.txt"),
            ("index all functions", "shell", .null, "grep -rnoE 'func [a-zA-Z]+' src > funcs.txt; wc -l < funcs.txt"),
            ("find files without TODO", "shell", .null, "grep -rLE 'TODO|FIXME' src > tidy.txt; wc -l < tidy.txt"),
            (
                "count words", "shell", .null,
                "\(swift) | xargs cat | tr -cs A-Za-z '\\n' | sort | uniq -c | sort -rn > words.txt; head -3 words.txt"
            ),
            ("ask for the time", "clock", [:], ""),
            (
                "list the types", "shell", .null,
                "grep -rhoE '(struct|enum|actor|class) [A-Z][A-Za-z]+' src | sort -u > types.txt; wc -l < types.txt"
            ),
            ("find the longest line", "shell", .null, "\(swift) | xargs cat | wc -L | tee longest.txt"),
            (
                "count comments", "shell", .null,
                "grep -rhc '///' src | awk '{n += $1} END {print n}' | tee comments.txt"
            ),
            (
                "count imports", "shell", .null,
                "grep -rhoE 'import [A-Za-z]+' src | sort | uniq -c | sort -rn > imports.txt; head -2 imports.txt"
            ),
            ("begin the report", "write_file", ["path": "report.md", "content": "# A survey of src\n"], ""),
            (
                "fill the report", "shell", .null,
                "for f in lines largest words imports; do tail -3 $f.txt 2>/dev/null; done >> report.md; wc -l report.md"
            ),
            (
                "check that no file changed", "shell", .null,
                "if [ -s sums.txt ]; then sha256sum -c --quiet sums.txt && echo unchanged; else echo no sums yet; fi"
            ),
            ("see what was made", "list_files", ["path": "."], ""),
        ]
        steps = []
        for (index, (title, tool, arguments, work)) in plan.enumerated() {
            if tool == "shell" {
                steps.append(.shell(index + 1, title, work, using: &random))
            } else {
                steps.append(DemoStep(number: index + 1, title: title, tool: tool, arguments: arguments))
            }
        }
    }

    /// The job in the language of the scripted model.
    var script: String {
        (steps.map(\.line) + ["say The survey is complete: see report.md."]).joined(separator: "\nthen\n")
    }

    /// The job for a model that reads.
    var request: String {
        let list = steps.map { "\($0.number). \($0.title): tool `\($0.tool)`, arguments \($0.arguments.text)" }
        return """
            Survey the source files in /workspace/src. Do these \(steps.count) steps in this order, one tool call for \
            each, with exactly these arguments, without leaving one out and without repeating one:

            \(list.joined(separator: "\n"))

            Each shell step writes a line with a token of its own to /workspace/steps.log. If a tool's result says that \
            its outcome is unknown, do not simply repeat it: search steps.log for the token, and repeat the step only \
            if the token is missing. At the end say in two sentences what the report says.
            """
    }

    /// The step that a call looks up because its outcome was unknown.
    func settledStep(of item: JSON) -> DemoStep? {
        guard let command = item["command"]?.string else { return nil }
        return steps.first { $0.isLogged && command.contains("grep -q '\($0.mark) '") }
    }

    /// The step that a call is for, among those that are not taken yet.
    func step(of item: JSON, taken: Set<Int>) -> DemoStep? {
        if let command = item["command"]?.string {
            return steps.first { $0.isLogged && command.contains($0.mark + " ") && !taken.contains($0.number) }
        }
        let path = item["arguments"]?["path"]?.string
        return steps.first {
            $0.tool == item["name"]?.string && $0.arguments["path"]?.string == path && !taken.contains($0.number)
        }
    }
}
