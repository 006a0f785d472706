public import Hummingbird
import Logging

/// What the handlers of a request know beside the request.
public struct APIContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Who asks; set by `AuthenticationMiddleware`.
    public var identity: Identity?

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }

    /// Whose things the request may see.
    var project: String { identity?.project ?? "" }
}
