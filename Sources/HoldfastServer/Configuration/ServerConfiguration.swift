public import HoldfastCore
public import Logging

/// Everything that can be set about a server.
///
/// A plain value: `ConfigurationLoader` makes it from flags, environment, file and defaults, in that order of strength.
public struct ServerConfiguration: Sendable, Equatable {
    /// The folder that holds the database, the blobs, the workspaces and the admin socket.
    public var dataDirectory = ".holdfast"
    /// The address to listen on. Anything but a loopback address exposes the server.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 lets the system choose one.
    public var port = 4747
    public var logLevel = Logger.Level.info
    public var limits = Limits()
    public var scripted = ScriptedModelSettings()
    public var improv = ImprovModelSettings()
    /// Model providers in the order of the file.
    public var providers: [ModelProviderSettings] = []
    /// Named routes in the order of the file.
    public var routes: [ModelRouteSettings] = []
    /// The projects that may use some models only: names, or prefixes that end with `*`.
    public var projectModels: [String: [String]] = [:]
    public var sandbox = SandboxSettings()

    public init() {}

    /// The Unix socket on which the server serves those who may open the file, without a key.
    public var adminSocket: String { dataDirectory + "/admin.sock" }
}

/// The embedded scripted model.
public struct ScriptedModelSettings: Sendable, Equatable {
    /// Whether agents may use it.
    public var isEnabled = true
    /// The name that agents use.
    public var name = "scripted"
    /// A script that it follows when the last user message is none.
    public var scriptFile: String?

    public init() {}
}

/// The embedded improvising model.
public struct ImprovModelSettings: Sendable, Equatable {
    /// Whether it is offered.
    public var isEnabled = true
    /// A name under which it answers besides `improv`, or a prefix of names that ends with `*`.
    public var name = "improv"

    public init() {}
}

/// The sandbox of hosted environments.
public struct SandboxSettings: Sendable, Equatable {
    /// Whether hosted environments are offered. When this machine cannot run the sandbox they are refused either way.
    public var isEnabled = true

    public init() {}
}
