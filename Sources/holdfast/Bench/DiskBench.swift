import Glibc

/// The floor under every commit: how long the disk takes to make a small write durable.
enum DiskBench {
    static func run(_ options: BenchOptions) throws -> BenchResult {
        let folder = options.scratch ?? Environment.all["TMPDIR"] ?? "/tmp"
        let path = "\(folder)/.holdfast-bench-\(getpid())"
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CommandFailure("\(folder) cannot be written.") }
        defer {
            close(file)
            unlink(path)
        }
        let block = [UInt8](repeating: 0x5A, count: 4_096)
        var times: [Int64] = []
        let end = TurnLoad.now() + Int64(min(options.seconds, 3) * 1e9)
        while TurnLoad.now() < end {
            let start = TurnLoad.now()
            guard write(file, block, block.count) == block.count, fdatasync(file) == 0 else {
                throw CommandFailure("\(path) cannot be synced.")
            }
            times.append(TurnLoad.now() - start)
        }
        let sorted = Latencies(times)
        return BenchResult(
            name: "disk",
            figures: [
                ("fdatasync_p50_ms", sorted.percentile(0.5)), ("fdatasync_p99_ms", sorted.percentile(0.99)),
                ("fdatasync_per_s", Double(times.count) / min(options.seconds, 3)),
            ])
    }
}
