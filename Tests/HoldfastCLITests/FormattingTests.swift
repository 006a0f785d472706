import ArgumentParser
import Testing

@testable import holdfast

/// What people see.
@Suite struct FormattingTests {
    @Test func tablesAlign() {
        var table = Table("id", "what")
        table.add("a", "short")
        table.add("longer", "a text that does not fit into the width")
        #expect(table.lines(width: 24) == ["ID      WHAT", "a       short", "longer  a text that doe…"])
    }

    @Test func textFromOutsideCannotDriveTheTerminal() {
        #expect(Text.safe("a\u{1B}[31mb\u{9B}c\td\n") == "a\u{FFFD}[31mb\u{FFFD}c\td\n")
        #expect(Text.oneLine(" a\n\tb  c ") == "a b c")
        #expect(Text.cut("äöü", to: 3) == "äöü" && Text.cut("äöüß", to: 3) == "äö…")
    }

    @Test func durationsAreReadable() {
        #expect(Moments.length(.milliseconds(999)) == "999 ms")
        #expect(Moments.length(.milliseconds(1_250)) == "1.3 s")
        #expect(Moments.length(.seconds(125)) == "2 min 5 s")
        #expect(Moments.ago(100, now: 7_300) == "2 h ago")
    }

    @Test func addresses() throws {
        #expect(try Endpoint(url: "http://localhost:1/", key: nil).base == "http://localhost:1/v1")
        #expect(try Endpoint(url: "https://x.example/openai/v1/", key: "k").base == "https://x.example/openai/v1")
        #expect(throws: ValidationError.self) { try Endpoint(url: "localhost:1", key: nil) }
        #expect(Endpoint(dataDirectory: "/a b/c").base == "http+unix://%2Fa%20b%2Fc%2Fadmin.sock/v1")
        #expect(Endpoint.escaped("é/~") == "%C3%A9%2F~")
    }

    @Test func errorsOfTheAPI() {
        let body = #"{"error":{"message":"No.","type":"t","param":"p","code":"c"}}"#
        let error = APIError(status: 404, body: Array(body.utf8), requestID: "req_1")
        #expect(error.description == "No. (404, c, field p, request req_1)")
        let plain = APIError(status: 502, body: Array("<html>".utf8), requestID: nil)
        #expect(plain.description == "<html> (502)" && plain.isTransient)
    }

    @Test func mountsAreMatchedByTheLongestPoint() {
        let mounts = "a / ext4 rw\nb /data xfs rw\nc /data/my\\040disk nfs4 rw\n"
        #expect(FileSystemType.type(of: "/data/x", mounts: mounts) == "xfs")
        #expect(FileSystemType.type(of: "/data/my disk/x", mounts: mounts) == "nfs4")
        #expect(FileSystemType.type(of: "/database", mounts: mounts) == "ext4")
    }
}
