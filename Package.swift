// swift-tools-version: 6.2
import PackageDescription

// Targets stand in the order in which data flows; ARCHITECTURE.md says what each one may import.

let dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: ["YAML"]),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-system.git", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
    .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.0"),
]

extension Target.Dependency {
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioWebSocket = product(name: "NIOWebSocket", package: "swift-nio")
    static let nioHTTPTypesHTTP1 = product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let system = product(name: "SystemPackage", package: "swift-system")
}

let targets: [Target] = [
    .target(name: "HoldfastCore"),
    .target(name: "HoldfastStore", dependencies: ["HoldfastCore"]),
    .target(name: "HoldfastStoreSQLite", dependencies: ["HoldfastCore", "HoldfastStore", .grdb, .crypto, .logging]),
    .target(
        name: "HoldfastModels",
        dependencies: ["HoldfastCore", .asyncHTTPClient, .crypto, .logging, .nioCore, .nioHTTP1]),
    .target(name: "HoldfastTools", dependencies: ["HoldfastCore", .logging, .subprocess, .system]),
    .target(name: "HoldfastRuntime", dependencies: ["HoldfastCore", "HoldfastStore", .logging, .serviceLifecycle]),
    .target(
        name: "HoldfastAPI",
        dependencies: [
            "HoldfastCore", "HoldfastStore", "HoldfastModels", "HoldfastRuntime", .crypto, .httpTypes, .hummingbird,
            .logging, .nioCore,
            .nioHTTP1, .nioHTTPTypes, .nioHTTPTypesHTTP1, .nioWebSocket,
        ]),
    .target(
        name: "HoldfastServer",
        dependencies: [
            "HoldfastCore", "HoldfastStore", "HoldfastStoreSQLite", "HoldfastModels", "HoldfastTools",
            "HoldfastRuntime", "HoldfastAPI", .asyncHTTPClient, .configuration, .hummingbird, .logging, .nioCore,
            .serviceLifecycle, .system, .unixSignals,
        ]),
    .executableTarget(
        name: "holdfast",
        dependencies: [
            "HoldfastCore", "HoldfastStore", "HoldfastStoreSQLite", "HoldfastTools", "HoldfastAPI", "HoldfastServer",
            .argumentParser, .asyncHTTPClient, .logging, .nioCore, .nioHTTP1, .nioPosix,
        ]),
    .target(name: "HoldfastTestKit", dependencies: ["HoldfastCore", "HoldfastStore", "HoldfastRuntime", .logging]),
    .testTarget(name: "HoldfastCoreTests", dependencies: ["HoldfastCore", "HoldfastTestKit"]),
    .testTarget(
        name: "HoldfastStoreTests",
        dependencies: ["HoldfastCore", "HoldfastStore", "HoldfastStoreSQLite", "HoldfastTestKit", .grdb]),
    .testTarget(
        name: "HoldfastModelsTests",
        dependencies: [
            "HoldfastCore", "HoldfastModels", .asyncHTTPClient, .hummingbird, .httpTypes, .nioCore, .logging,
        ],
        resources: [.copy("Vectors")]),
    .testTarget(name: "HoldfastCLITests", dependencies: ["HoldfastCore", "holdfast", .argumentParser]),
    .testTarget(name: "HoldfastServerTests", dependencies: ["HoldfastCore", "HoldfastModels", "HoldfastServer"]),
    .testTarget(name: "HoldfastToolsTests", dependencies: ["HoldfastCore", "HoldfastTools", .logging]),
    .testTarget(
        name: "HoldfastRuntimeTests",
        dependencies: ["HoldfastCore", "HoldfastStore", "HoldfastRuntime", "HoldfastTestKit", .logging]),
    .testTarget(
        name: "HoldfastAPITests",
        dependencies: [
            "HoldfastCore", "HoldfastStore", "HoldfastModels", "HoldfastRuntime", "HoldfastAPI", "HoldfastTestKit",
            .httpTypes, .hummingbird, .logging,
        ]),
    .testTarget(
        name: "SimulationTests", dependencies: ["HoldfastCore", "HoldfastRuntime", "HoldfastAPI", "HoldfastTestKit"]),
    .testTarget(
        name: "ReplayTests",
        dependencies: [
            "HoldfastCore", "HoldfastStore", "HoldfastRuntime", "HoldfastAPI", "HoldfastTestKit", .logging,
        ],
        resources: [.copy("Histories")]),
    .testTarget(name: "TidyTests"),
    // Starts the program, which therefore must be there.
    .testTarget(name: "ProcessTests", dependencies: ["holdfast"]),
]

for target in targets where target.type != .plugin {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

let package = Package(
    name: "holdfast",
    products: [.executable(name: "holdfast", targets: ["holdfast"])],
    dependencies: dependencies,
    targets: targets,
    swiftLanguageModes: [.v6]
)
