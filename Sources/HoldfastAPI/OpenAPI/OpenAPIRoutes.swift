import HoldfastCore
import Hummingbird

/// `/openapi.json`: what this server serves. Needs no key, for it shows nothing of anybody.
struct OpenAPIRoutes: Sendable {
    let document: OpenAPIDocument

    func add(to router: Router<APIContext>) {
        for path in ["openapi.json", "v1/openapi.json"] {
            router.get(RouterPath(path)) { _, _ in Response.json(document.json) }
        }
    }
}
