import ArgumentParser
import HoldfastCore
import HoldfastTools

/// `holdfast demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "See an agent do a job of many steps while its server is killed again and again.",
        discussion: """
            Starts a server of its own, saves an agent, and gives it a job on the source files of this repository: 17 \
            steps in a sandboxed shell and with other tools. Three times, at random moments, the server is killed with \
            SIGKILL and started again. The stream is followed over all of it.

            Each shell step writes a line with a token of its own into a log in the workspace. At the end that log is \
            compared with the server's journal, and the stream with its replay: no step may be lost, none may have run \
            twice. A step that was cut off is shown as unknown; it is looked up in the log, and repeated only if it is \
            not there. The exit status is 1 when a check fails.

            The embedded scripted model does the job, without an account. With OPENAI_API_KEY set (and, if you like, \
            OPENAI_BASE_URL and HOLDFAST_MODEL) that model does it. Steps contain short pauses, so that there is \
            something to see and to hit.
            """)

    @Option(help: "The data directory of the demo's server.")
    var data = ".holdfast/demo"

    @Option(help: "The folder whose Swift files the agent surveys.")
    var sources = "Sources"

    @Option(help: "Repeats the random choices of an earlier run.")
    var seed: UInt64?

    @Option(help: "How often the server is killed.")
    var kills = 3

    @Flag(help: "Keep what is in the data directory.")
    var keep = false

    @Flag(help: "Use the scripted model, whatever is in the environment.")
    var scripted = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard 0...5 ~= kills else { throw ValidationError("Between 0 and 5 kills make sense.") }
    }

    func run() async throws {
        let seed = seed ?? UInt64.random(in: 0..<1_000_000)
        var random = SeededRandom(seed: seed)
        let names = try DemoFiles.sources(sources)
        let job = DemoJob(sample: names[names.count / 2], using: &random)
        let moments = DemoKiller.moments(kills, job: job, using: &random)
        let timeline = DemoTimeline(isQuiet: output.json)
        try DemoFiles.prepare(data, isKept: keep)
        try await checkSandbox()
        timeline.line(Style.bold("Holdfast demo") + Style.dim("  seed \(seed), data \(data), model \(model)"))
        timeline.line()
        let server = try ServerProcess(data: data, environment: Environment.all)
        let interrupt = Interrupt {
            server.abandon()
            return 130
        }
        defer { interrupt.remove() }
        let report: DemoReport
        do {
            report = try await perform(job, moments, server, timeline)
            try await server.stop()
        } catch {
            server.abandon()
            throw error
        }
        output.show(report.json) { report.print() }
        if !report.checks.allSatisfy(\.holds) { throw ExitCode.failure }
    }

    private func perform(
        _ job: DemoJob, _ moments: [DemoKiller.Moment], _ server: ServerProcess, _ timeline: DemoTimeline
    ) async throws -> DemoReport {
        let ready = try await server.start()
        let started = "process \(server.pid) on \(server.url), ready after \(Moments.length(ready))"
        timeline.show("•", .bold, "server", started)
        let key = try await APIClient.with(Endpoint(dataDirectory: data)) { client in
            try await client.post("/keys", ["name": "demo", "project": "default"]).text("key")
        }
        let evidence = try await APIClient.with(Endpoint(url: server.url, key: key)) { client in
            let observer = DemoObserver(job: job, timeline: timeline)
            let run = DemoRun(
                server: server, client: client, model: model, job: job, timeline: timeline, observer: observer,
                sources: sources)
            return try await run.run(kills: moments)
        }
        let checks = evidence.checks(expectedKills: kills)
        return DemoReport(evidence: evidence, checks: checks, server: server, key: key, model: model)
    }

    private var model: String {
        guard !scripted, Terminal.environment("OPENAI_API_KEY") != nil else { return "scripted" }
        return Terminal.environment("HOLDFAST_MODEL") ?? "gpt-4.1"
    }

    private func checkSandbox() async throws {
        let probe = await SandboxProbe.run(scratch: data)
        guard !probe.isAvailable else { return }
        throw CommandFailure("The demo runs commands in a sandbox, which this machine cannot offer:\n\(probe.remedy)")
    }
}
