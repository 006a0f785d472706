public import Hummingbird
import Logging
import NIOCore

/// What the handlers of a request know beside the request.
public struct APIContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The request's connection.
    let channel: any Channel
    /// Who asks; set by `AuthenticationMiddleware`.
    public var identity: Identity?

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Whether the key may use a model or a route.
    func mayUse(_ model: String) -> Bool { identity?.models?.allows(model) ?? true }

    /// Whose things the request may see.
    var project: String { identity?.project ?? "" }
}
