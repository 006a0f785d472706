import HoldfastCore
import HoldfastStore
import Logging

/// Performs one attempt of one effect and sends what comes out of it to the session's mailbox. Knows nothing of the
/// journal: whether a result still counts is decided by the core.
final class EffectRunner: Sendable {
    let models: any ModelProvider
    let tools: any ToolRunner
    let clock: any RuntimeClock
    let counters: CounterBox
    let limits: Limits
    let meter: UsageMeter?
    let jitter: @Sendable () -> Double

    init(
        models: any ModelProvider, tools: any ToolRunner, clock: any RuntimeClock, counters: CounterBox, limits: Limits,
        meter: UsageMeter?, jitter: @escaping @Sendable () -> Double
    ) {
        self.models = models
        self.tools = tools
        self.clock = clock
        self.counters = counters
        self.limits = limits
        self.meter = meter
        self.jitter = jitter
    }

    /// Performs an effect as the given state asks for it.
    func run(_ effect: Effect, of state: SessionState, to mailbox: Mailbox) async {
        switch effect {
        case .environment: await prepareEnvironment(of: state, to: mailbox)
        case .removal:
            await tools.remove(state.environment, session: state.id)
            guard !Task.isCancelled else { return }
            _ = mailbox.push(.result(.environment(EnvironmentChanged(status: .removed))))
        case .modelCall(let number, let attempt, let notBefore):
            do { try await clock.sleep(until: notBefore) } catch { return }
            await callModel(.init(number: number, attempt: attempt), of: state, to: mailbox)
        case .tool(let call, let attempt):
            await runTool(.init(call: call, attempt: attempt), of: state, to: mailbox)
        }
    }

    private func prepareEnvironment(of state: SessionState, to mailbox: Mailbox) async {
        var change = EnvironmentChanged(status: .connected)
        do {
            try await tools.prepare(state.environment, session: state.id)
        } catch {
            change = EnvironmentChanged(status: .failed, error: error.message)
        }
        guard !Task.isCancelled else { return }
        _ = mailbox.push(.result(.environment(change)))
    }

    private func callModel(
        _ attempt: SessionCommand.ModelAttempt, of state: SessionState, to mailbox: Mailbox
    ) async {
        // A response without an environment is its client's alone: nothing that it did not ask for joins in.
        let isPlainResponse = state.activeTurn?.request != nil && state.environment.kind == .none
        let serverTools = isPlainResponse ? [] : tools.tools(in: state.environment)
        let request = Context.request(state, serverTools: serverTools.map(\.definition))
        let output = ModelOutput(attempt: attempt)
        counters.update { $0.modelCalls += 1 }
        do throws(ModelError) {
            let answer = try await models.call(request) { piece in
                if let envelope = output.add(piece) { _ = mailbox.push(envelope) }
            }
            guard !Task.isCancelled else { return book(answer, of: state) }
            try check(answer)
            let runners = answer.calls.map { call in
                runner(of: call, in: state, serverTools: serverTools)
            }
            _ = mailbox.push(.result(.modelAnswered(attempt, ModelAnswered(answer: answer, runners: runners))))
        } catch {
            book(error, request, answerBytes: output.bytes, of: state)
            guard !Task.isCancelled else { return }
            counters.update { $0.modelFailures += 1 }
            _ = mailbox.push(.result(.modelFailed(attempt, error, jitter: jitter())))
        }
    }

    /// Books an answer that nobody waits for any more: its turn was cancelled.
    private func book(_ answer: ModelAnswer, of state: SessionState) {
        var record = UsageRecord(answer: answer, session: state, endedAt: clock.now())
        record.outcome = .cancelled
        meter?.add(record)
    }

    /// Books a call that ended without an answer. What a provider began to answer it also charges for.
    private func book(_ error: ModelError, _ request: ModelRequest, answerBytes: Int, of state: SessionState) {
        guard let meter else { return }
        var record = UsageRecord(session: state, report: error.report, endedAt: clock.now())
        record.outcome = Task.isCancelled ? .cancelled : .failed
        if answerBytes > 0 {
            record.tokens = .estimate(requestBytes: request.approximateBytes, answerBytes: answerBytes)
            record.isEstimated = true
        }
        meter.add(record)
    }

    private func check(_ answer: ModelAnswer) throws(ModelError) {
        guard answer.calls.count <= limits.callsPerModelAnswer else {
            throw ModelError(
                .server,
                "the model asked for \(answer.calls.count) tool calls at once, more than the limit of \(limits.callsPerModelAnswer)",
                isRetryable: false)
        }
        guard answer.text.utf8.count + answer.reasoning.utf8.count <= limits.modelOutput else {
            throw ModelError(
                .server, "the model's answer is longer than the limit of \(limits.modelOutput) bytes",
                isRetryable: false)
        }
    }

    /// Who runs a call that the model asks for. A function of the client hides a server-side tool of the same name.
    private func runner(
        of call: ModelAnswer.Call, in state: SessionState, serverTools: [OfferedTool]
    ) -> ToolCall.Runner {
        let tool = serverTools.first { $0.definition.name == call.name }
        if let request = state.activeTurn?.request {
            // A response shows its client every call as the model made it.
            guard let tool, !request.tools.contains(where: { $0.name == call.name }) else { return .client }
            return .server(tool.server)
        }
        guard let arguments = try? JSONParser.parse(call.arguments), arguments.object != nil else {
            return .refused("The arguments of \(call.name) are not a JSON object.")
        }
        if state.agent.functions.contains(where: { $0.name == call.name }) { return .client }
        if let tool { return .server(tool.server) }
        return .refused("There is no tool named \(call.name).")
    }

    private func runTool(
        _ attempt: SessionCommand.ToolAttempt, of state: SessionState, to mailbox: Mailbox
    ) async {
        guard let open = state.openCalls.first(where: { $0.id == attempt.call }) else { return }
        let call = state.call(of: open)
        let output = ToolOutputGather(attempt: attempt)
        counters.update { $0.toolCalls += 1 }
        let invocation = ToolInvocation(
            session: state.id, environment: state.environment, call: call.id, attempt: attempt.attempt,
            name: call.name, arguments: call.arguments)
        let outcome = await tools.run(invocation) { text in
            if let envelope = output.add(text) { _ = mailbox.push(envelope) }
        }
        guard !Task.isCancelled else { return }
        _ = mailbox.push(.result(.toolFinished(attempt, outcome)))
    }
}
