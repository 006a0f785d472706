/// Every bound of the system, in one place. Each one has a public error of its own.
///
/// Sizes are bytes, times are milliseconds. The defaults suit one machine; the configuration can change those that
/// `docs/guides/configuration.md` lists.
public struct Limits: Sendable, Equatable {
    // MARK: Requests

    /// A request body.
    public var requestBody = 8 << 20
    /// How deep request JSON may nest.
    public var requestDepth = 64
    /// All header fields of a request together.
    public var requestHeaders = 64 << 10
    /// The time within which a request's headers and body must have come.
    public var requestReadTime: Milliseconds = 30_000
    /// Input events in one request.
    public var inputEvents = 64
    /// Messages in one input event.
    public var inputMessages = 64
    /// Messages in one stateless request.
    public var requestMessages = 20_000
    /// How long a WebSocket may be open.
    public var socketTime: Milliseconds = 3_600_000
    /// Responses that are not stored and that a WebSocket remembers.
    public var socketResponses = 8
    /// Items that one request may add to a conversation.
    public var conversationItems = 20
    /// Answers to one stateless request (`n`), each a model call.
    public var completionChoices = 16
    /// Texts in one embeddings request, and numbers in one vector.
    public var embeddingInputs = 2_048
    public var embeddingDimensions = 4_096
    /// Content parts in one message.
    public var contentParts = 64
    /// Tools of an agent, by count and by compact JSON size.
    public var agentTools = 512
    public var agentToolBytes = 3 << 20
    /// Metadata: pairs, characters of a key, characters of a value.
    public var metadataPairs = 16
    public var metadataKey = 64
    public var metadataValue = 512
    /// A name, an id or a key in a request, in bytes.
    public var identifier = 256
    /// Instructions of an agent, in bytes.
    public var instructions = 1 << 20
    /// Entries of a list page.
    public var pageSize = 100

    // MARK: Sessions

    /// Sessions of a project.
    public var sessionsPerProject = 2_000_000
    /// Commands waiting for one session; one more is refused with 429.
    public var mailbox = 1_024
    /// Model calls within one turn; then the turn fails.
    public var modelCallsPerTurn = 1_000
    /// Tool calls that one model answer may ask for.
    public var callsPerModelAnswer = 128
    /// Text of one model answer.
    public var modelOutput = 4 << 20
    /// Turns of a session.
    public var turnsPerSession = 1_000_000

    // MARK: Model calls

    /// Attempts of one model call, the first one included.
    public var modelAttempts = 4
    /// The wait before the second attempt; it doubles with each further one.
    public var modelRetryBase: Milliseconds = 500
    /// The longest wait between attempts, unless the provider asks for more.
    public var modelRetryMaximum: Milliseconds = 60_000
    public var modelConnectTime: Milliseconds = 10_000
    public var modelFirstByteTime: Milliseconds = 120_000
    public var modelIdleTime: Milliseconds = 60_000
    /// Failures in a row after which a route leaves a target alone; silence counts as all of them.
    public var breakerFailures = 5
    /// How long it leaves it alone before it tries it again with one request; it doubles with each failed try, up to
    /// eight times as long.
    public var breakerPause: Milliseconds = 10_000
    /// Usage records that wait to be written; then stateless requests are refused until there is room.
    public var usageQueue = 100_000
    /// Series of usage in `/metrics`; what comes later is counted as `other`.
    public var usageSeries = 500

    // MARK: Tools

    /// Output of a tool call that the model sees; the rest goes to a file in the workspace.
    public var toolOutput = 64 << 10
    /// Everything that one command may print before it is stopped.
    public var commandOutput = 16 << 20
    /// Wall-clock time of a command.
    public var commandTime: Milliseconds = 120_000
    /// Commands that run at the same time.
    public var concurrentCommands = 16
    /// A workspace's files.
    public var workspaceBytes = 1 << 30

    // MARK: Streams

    /// Open event streams, of a project and of the server.
    public var streamsPerProject = 16_000
    /// Bytes buffered for a slow reader; past them it is fed from the journal.
    public var streamBuffer = 256 << 10
    /// The time between keep-alive comments.
    public var streamKeepAlive: Milliseconds = 10_000

    // MARK: Memory

    /// Sessions in memory; above it the longest idle ones are put to sleep at once.
    public var liveSessions = 10_000
    /// How long an idle session stays in memory.
    public var sessionIdleTime: Milliseconds = 15_000
    /// The fewest events that a snapshot is written for, and the fewest for each item of the session.
    public var snapshotEvents = 256
    public var snapshotEventsPerItem = 4
    /// Journal bodies above this go to a content-addressed blob.
    public var inlineBody = 64 << 10

    public init() {}
}
