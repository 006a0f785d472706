import ArgumentParser
import Glibc
import HoldfastCore
import HoldfastTools

/// `holdfast doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at what this machine can do, with a remedy for everything that is missing.",
        discussion: """
            Looks at the sandbox (a trial run included), SQLite, the limits of this process, the data directory, and \
            how long its disk takes to sync. The exit status is 1 when something keeps the server from working well; \
            remarks do not count.
            """)

    @Option(help: "The data directory.")
    var data = Terminal.environment("HOLDFAST_DATA") ?? ".holdfast"

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let directory = data
        let folder = DirectoryCheck.existing(directory)
        let probe = try await withProgress("Trying the sandbox") { await SandboxProbe.run(scratch: folder) }
        var findings = probe.checks.map { check in
            Finding("sandbox: \(check.name)", check.isPassed ? .fine : .problem, check.detail, check.remedy)
        }
        if !probe.isAvailable {
            let detail = "not available: sessions with a hosted environment are refused"
            findings.append(Finding("sandbox", .problem, detail, nil))
        }
        findings.append(SQLiteCheck.finding())
        findings += LimitsCheck.findings()
        findings += DirectoryCheck.findings(directory)
        findings.append(try await withProgress("Measuring the disk") { DiskCheck.finding(in: folder) })
        let all = findings
        output.show(.array(all.map(\.json))) { all.forEach { $0.print() } }
        if all.contains(where: { $0.grade == .problem }) { throw ExitCode.failure }
    }
}
