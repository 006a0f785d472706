import ArgumentParser

/// `holdfast bench`.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure what this machine can do with the real server.")
}
