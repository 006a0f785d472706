import Glibc
import HoldfastAPI
import HoldfastCore
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The sockets that the API is served on: TCP with keys, and a local one for those who may open its file.
struct Listeners {
    /// What a Unix socket's path may have (`sockaddr_un`), the final NUL not counted.
    private static let pathLimit = 107

    let configuration: ServerConfiguration
    let services: APIServices
    let logger: Logger

    func all() -> [any Service] {
        var listeners: [any Service] = [tcp()]
        if let local = local() { listeners.append(local) }
        return listeners
    }

    private func tcp() -> any Service {
        let (host, logger) = (configuration.host, logger)
        if !["127.0.0.1", "::1", "localhost"].contains(host) {
            logger.warning("listening beyond this machine; put a TLS proxy in front", metadata: ["host": "\(host)"])
        }
        return Application(
            router: APIRouter.make(services, authenticator: .keys(services.keys)),
            server: http(.keys(services.keys)),
            configuration: .init(
                address: .hostname(host, port: configuration.port), serverName: "holdfast", backlog: 4_096),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                logger.info("listening", metadata: ["url": "http://\(host):\(port)/v1"])
            },
            logger: logger)
    }

    private func local() -> (any Service)? {
        let path = configuration.adminSocket
        guard path.utf8.count <= Self.pathLimit else {
            logger.warning("no local socket: its path is too long", metadata: ["path": "\(path)"])
            return nil
        }
        // A socket file outlives its server; the data directory's lock says that nobody else uses it.
        unlink(path)
        return Application(
            router: APIRouter.make(services, authenticator: .local(project: "default")),
            server: http(.local(project: "default")),
            configuration: .init(address: .unixDomainSocket(path: path), serverName: "holdfast"),
            onServerRunning: { _ in _ = chmod(path, 0o600) }, logger: logger)
    }

    private func http(_ authenticator: Authenticator) -> HTTPServerBuilder {
        let (services, limits) = (services, services.limits)
        return .http1(
            configuration: .init(
                additionalChannelHandlers: [
                    APIRouter.sockets(services, authenticator: authenticator), RequestGuard(limits: limits),
                ],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.requestHeaders, maxHeaderListSize: limits.requestHeaders,
                    maxHeaderFieldCount: 256)))
    }
}
