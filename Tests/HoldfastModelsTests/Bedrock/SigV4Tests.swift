import Foundation
import HoldfastCore
import Testing

@testable import HoldfastModels

@Suite("Signature Version 4")
struct SigV4Tests {
    struct Vector: Sendable, CustomStringConvertible {
        var json: JSON

        var description: String { "\(text("service")) \(text("path"))" }

        func text(_ name: String) -> String { json[name]?.string ?? "" }

        static let all: [Vector] = {
            guard let url = Bundle.module.url(forResource: "sigv4", withExtension: "json", subdirectory: "Vectors"),
                let data = try? Data(contentsOf: url), let json = try? JSONParser.parse([UInt8](data))
            else { return [] }
            return (json.array ?? []).map { Vector(json: $0) }
        }()
    }

    @Test("the vectors are there")
    func vectors() { #expect(Vector.all.count >= 6) }

    /// `Tests/ClientTests/signing/vectors.py` wrote them with botocore.
    @Test("signatures are botocore's", arguments: Vector.all)
    func signature(_ vector: Vector) throws {
        let token = vector.json["token"]?.string.map { Secret($0) }
        let signer = SigV4Signer(
            credentials: AWSCredentials(
                accessKey: vector.text("access_key"), secretKey: Secret(vector.text("secret_key")), sessionToken: token),
            region: vector.text("region"), service: vector.text("service"))
        let query = vector.text("query").split(separator: "&").map { pair in
            let parts = pair.split(separator: "=").map(String.init)
            return (name: parts[0], value: parts[1])
        }
        let request = SigV4Signer.Request(
            path: vector.text("path"), query: query,
            fields: [("content-type", "application/json"), ("host", vector.text("host"))],
            body: [UInt8](vector.text("body").utf8))
        let seconds = try #require(vector.json["seconds"]?.integer)
        let fields = signer.fields(for: request, at: AWSTime(seconds: Int(seconds)))
        #expect(fields.last?.0 == "authorization")
        #expect(fields.last?.1 == vector.text("authorization"))
        #expect(fields.contains { $0.0 == "x-amz-security-token" } == (token != nil))
    }

    @Test("moments", arguments: [(0, "19700101T000000Z"), (1_709_251_199, "20240229T235959Z")])
    func time(seconds: Int, stamp: String) {
        #expect(AWSTime(seconds: seconds).stamp == stamp)
        #expect(AWSTime(seconds: seconds).day == String(stamp.prefix(8)))
    }

    @Test("secrets are cut out of texts")
    func redaction() {
        let credentials = AWSCredentials(accessKey: "AKID", secretKey: Secret("abc"), sessionToken: Secret("def"))
        #expect(credentials.redacted("abc, def and AKID") == "[secret], [secret] and AKID")
    }
}
