import AsyncHTTPClient
import Glibc
import HoldfastAPI
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import HoldfastStore
import HoldfastStoreSQLite
import HoldfastTools
import Hummingbird
public import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The composition root: everything is built here, and nothing is decided here.
public struct Server: Sendable {
    private let configuration: ServerConfiguration
    private let logger: Logger

    public init(configuration: ServerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT; returns when everything is on the disk.
    /// - Throws: what keeps the server from starting, with what to do about it.
    public func run() async throws {
        var options = SQLiteStore.Options()
        options.inlineBody = configuration.limits.inlineBody
        let store = try await SQLiteStore.open(
            directory: configuration.dataDirectory, options: options, logger: logger)
        do {
            try await serve(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
        logger.info("stopped")
    }

    private func serve(_ store: SQLiteStore) async throws {
        let http = OpenAIProvider.makeClient(limits: configuration.limits)
        do {
            try await serve(store, http)
        } catch {
            try? await http.shutdown()
            throw error
        }
        try await http.shutdown()
    }

    private func serve(_ store: SQLiteStore, _ http: HTTPClient) async throws {
        let probe = await SandboxProbe.run(scratch: configuration.dataDirectory)
        let models = try ModelAssembly.catalog(configuration, client: http, logger: logger)
        var dependencies = Runtime.Dependencies(
            store: journal(store), models: models,
            tools: BuiltinToolRunner(
                dataDirectory: configuration.dataDirectory, limits: configuration.limits, probe: probe, logger: logger),
            projection: AgentsProjection(), logger: logger)
        dependencies.projections[.responses] = ResponsesProjection()
        dependencies.limits = configuration.limits
        let meter = UsageMeter(store: store, limits: configuration.limits, logger: logger)
        dependencies.meter = meter
        let runtime = Runtime(dependencies)
        let keys = try await KeyRing(store: store, projects: configuration.projectModels)
        try await FirstKey.makeIfNeeded(keys, at: runtime.clock.now())
        let readiness = Readiness()
        let services = APIServices(
            runtime: runtime, store: store, keys: keys,
            models: models, meter: meter, hostedUnavailable: hostedUnavailable(probe), isReady: { readiness.isReady },
            metrics: { StoreMetrics.metrics(store.statistics) })
        let listeners = Listeners(configuration: configuration, services: services, logger: logger)
        var group = ServiceGroupConfiguration(
            // They stop in the reverse order: the meter when nothing is used any more.
            services: [meter, RuntimeService(runtime, onRecovered: { readiness.set() })] + listeners.all() + [
                StreamEnder(runtime)
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(3)
        try await ServiceGroup(configuration: group).run()
    }

    /// The store as sessions write to it.
    private func journal(_ store: SQLiteStore) -> any Store {
        #if DEBUG
            KillingStore.wrap(store)
        #else
            store
        #endif
    }

    private func hostedUnavailable(_ probe: SandboxProbe) -> String? {
        guard configuration.sandbox.isEnabled else { return "the configuration switches it off (sandbox.enabled)." }
        return probe.isAvailable ? nil : probe.remedy
    }
}

/// Whether every session with open work is in memory again.
final class Readiness: Sendable {
    private let flag = Atomic(false)

    var isReady: Bool { flag.load(ordering: .acquiring) }

    func set() { flag.store(true, ordering: .releasing) }
}

/// Ends the event streams before the listeners stop, for these wait for their requests.
struct StreamEnder: Service {
    private let runtime: Runtime

    init(_ runtime: Runtime) { self.runtime = runtime }

    func run() async throws {
        try await gracefulShutdown()
        runtime.fanout.close()
    }
}
