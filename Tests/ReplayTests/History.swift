import Foundation
import HoldfastAPI
import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import HoldfastTestKit

/// A recorded journal with the digests of what it means.
struct History {
    var records: [JournalRecord]
    var state: String
    var frames: String

    /// What a journal means to this version.
    static func digests(_ records: [JournalRecord], session: String) throws -> (state: String, frames: String) {
        var witness = SessionWitness(session: session, projection: AgentsProjection())
        for record in records { witness.observe(record) }
        if let violation = witness.takeViolations().first { throw violation }
        guard let state = witness.state else { throw HistoryError(text: "an empty journal") }
        var (stateHash, frameHash) = (TraceHash(), TraceHash())
        stateHash.add(JSONWriter.bytes(state))
        for frame in witness.frames { frameHash.add(frame.openData + [0x0A]) }
        return (stateHash.description, frameHash.description)
    }

    /// Reads a file.
    init(_ text: String) throws {
        records = []
        (state, frames) = ("", "")
        for line in text.split(separator: "\n") {
            guard let json = try JSONParser.parse(String(line)).object else {
                throw HistoryError(text: "not an object")
            }
            if let state = json["state"]?.string {
                (self.state, frames) = (state, try json.string("frames"))
                continue
            }
            guard let body = json["body"] else { throw HistoryError(text: "a record without a body") }
            records.append(
                JournalRecord(
                    seq: try json.integer("seq"), kind: try json.string("kind"), version: try json.int("version"),
                    at: try json.integer("at"), body: JSONWriter.bytes(body)))
        }
    }

    /// A journal as a file.
    static func text(_ records: [JournalRecord], session: String) throws -> String {
        var lines = records.map { record in
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("seq", record.seq)
                writer.member("kind", record.kind)
                writer.member("version", record.version)
                writer.member("at", record.at)
                writer.name("body")
                writer.raw(record.body)
            }
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        let digests = try digests(records, session: session)
        lines.append("{\"state\":\"\(digests.state)\",\"frames\":\"\(digests.frames)\"}")
        return lines.joined(separator: "\n") + "\n"
    }
}

/// A history cannot be read.
struct HistoryError: Error, CustomStringConvertible {
    var text: String
    var description: String { text }
}
