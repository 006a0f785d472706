public import HoldfastCore

/// What one sandboxed command may use. A plain value: the argument vector is a pure function of it.
public struct SandboxPolicy: Sendable, Equatable {
    /// The tiers that a session can ask for.
    public enum Size: String, Sendable, CaseIterable {
        case small, medium, large
    }

    /// Private writable memory of each process, in bytes.
    public var memory: Int
    /// Address space of each process, in bytes. Wider than `memory`, because runtimes reserve much more than they use,
    /// but bounded, because shared memory counts only here.
    public var addressSpace: Int
    /// Processor time of each process, in seconds.
    public var processorSeconds: Int
    /// Processes and threads together.
    public var processes: Int
    /// Open files of each process.
    public var openFiles: Int
    /// The largest file that may be written, in bytes; 0 leaves only deleting.
    public var fileSize: Int
    /// Size of `/tmp` and of `/dev/shm`, each, in bytes. They are memory.
    public var temporaryBytes: Int
    /// How long the whole command may run.
    public var wallClock: Milliseconds
    /// Output that the outcome carries, in bytes.
    public var visibleOutput: Int
    /// Output after which the command is stopped, in bytes.
    public var totalOutput: Int

    public init(size: Size, limits: Limits) {
        let scale =
            switch size {
            case .small: 1
            case .medium: 4
            case .large: 16
            }
        memory = scale * (512 << 20)
        addressSpace = 4 * memory
        processorSeconds = scale * 60
        processes = min(64 * scale, 512)
        openFiles = 1_024
        fileSize = limits.workspaceBytes
        temporaryBytes = scale * (64 << 20)
        wallClock = limits.commandTime
        visibleOutput = limits.toolOutput
        totalOutput = limits.commandOutput
    }
}
