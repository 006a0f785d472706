public import HoldfastCore
public import HoldfastModels
public import HoldfastRuntime
public import HoldfastStore

/// What the routes work with.
public struct APIServices: Sendable {
    public var runtime: Runtime
    public var agents: any AgentStore
    public var catalog: any SessionCatalog
    public var journal: any JournalStore
    public var keys: KeyRing
    public var models: ModelCatalog
    public var usage: any UsageStore
    public var meter: UsageMeter
    /// Why there are no hosted environments; `nil` when there are.
    public var hostedUnavailable: String?
    /// Whether everything is recovered and requests can be served.
    public var isReady: @Sendable () -> Bool
    /// The open WebSockets.
    let sockets = SocketCounter()
    /// Further numbers for `/metrics`.
    public var metrics: @Sendable () -> [Metric]

    public init(
        runtime: Runtime, store: any Store, keys: KeyRing, models: ModelCatalog, meter: UsageMeter,
        hostedUnavailable: String?, isReady: @escaping @Sendable () -> Bool = { true },
        metrics: @escaping @Sendable () -> [Metric] = { [] }
    ) {
        self.runtime = runtime
        agents = store
        catalog = store
        journal = store
        self.keys = keys
        self.models = models
        self.meter = meter
        usage = store
        self.hostedUnavailable = hostedUnavailable
        self.isReady = isReady
        self.metrics = metrics
    }

    public var limits: Limits { runtime.limits }

    /// A new id with this prefix.
    func newID(_ prefix: String) -> String {
        var generator = SystemRandomNumberGenerator()
        return Base32.id(prefix, at: runtime.clock.now(), using: &generator)
    }

    /// A session of the project, or the error that tells that there is none.
    func session(_ id: String, _ project: String) async throws -> SessionState {
        guard id.utf8.count <= limits.identifier, let state = try await runtime.state(of: id, project: project)
        else { throw APIError.notFound("session", id) }
        return state
    }
}
