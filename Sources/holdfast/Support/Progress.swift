/// Says what is going on while something takes longer than a second.
///
/// On a terminal one line is kept up to date and removed at the end; elsewhere a single line says that it takes time.
func withProgress<Value: Sendable>(
    _ label: String, _ body: @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await showProgress(label) }
        defer { group.cancelAll() }
        return try await body()
    }
}

private func showProgress(_ label: String) async throws {
    let start = ContinuousClock.now
    let isInteractive = Terminal.isInteractive(.error)
    try? await Task.sleep(for: .seconds(1))
    guard !Task.isCancelled else { return }
    guard isInteractive else { return Terminal.note("\(label) …") }
    while !Task.isCancelled {
        Terminal.write("\r\(label) … \(Moments.length(ContinuousClock.now - start))\u{1B}[K", to: .error)
        try? await Task.sleep(for: .milliseconds(250))
    }
    Terminal.write("\r\u{1B}[K", to: .error)
}
