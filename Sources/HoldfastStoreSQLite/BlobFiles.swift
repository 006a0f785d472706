import Crypto
import Foundation
import HoldfastStore
import Synchronization

/// Large journal bodies, as files named by their SHA-256: `blobs/ab/abcdef…`.
///
/// A file appears under its name only after its bytes were synced, and its directory entry is synced before a row may
/// refer to it. Files are never changed. One that no row refers to (a crash came between) does no harm.
final class BlobFiles: Sendable {
    private let directory: String
    private let temporaryNumber = Atomic<Int>(0)

    init(directory: String) {
        self.directory = directory
    }

    /// Makes the bytes durable and returns their hash.
    func store(_ bytes: [UInt8]) throws(StoreError) -> [UInt8] {
        let hash = Array(SHA256.hash(data: bytes))
        let folder = folder(of: hash)
        let path = path(of: hash)
        if FileSystem.size(path) != bytes.count {
            if try FileSystem.makeDirectory(folder) { try FileSystem.syncDirectory(directory) }
            try write(bytes, path: path)
        }
        // Also for a file that was there: whoever made it may not have come to this line.
        try FileSystem.syncDirectory(folder)
        return hash
    }

    /// The bytes of a blob; their hash is not checked here, the row's checksum covers them.
    func load(_ hash: [UInt8]) throws(StoreError) -> [UInt8] {
        let path = path(of: hash)
        guard let bytes = try FileSystem.read(path) else {
            throw StoreError(.corrupt, "the blob file \(path) is missing")
        }
        return bytes
    }

    /// What is wrong with a blob; `nil` when nothing is.
    func problem(_ hash: [UInt8]) -> String? {
        do throws(StoreError) {
            let found = Array(SHA256.hash(data: try load(hash)))
            return found == hash ? nil : "the blob file \(path(of: hash)) does not have the content that its name says"
        } catch {
            return error.message
        }
    }

    private func write(_ bytes: [UInt8], path: String) throws(StoreError) {
        let number = temporaryNumber.add(1, ordering: .relaxed).newValue
        let temporary = "\(directory)/tmp-\(getpid())-\(number)"
        let descriptor = try FileSystem.open(temporary, O_WRONLY | O_CREAT | O_TRUNC)
        do throws(StoreError) {
            defer { close(descriptor) }
            try FileSystem.write(bytes, to: descriptor, path: temporary)
            try FileSystem.sync(descriptor, path: temporary)
            guard rename(temporary, path) == 0 else { throw FileSystem.failure("rename", temporary) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private func folder(of hash: [UInt8]) -> String { "\(directory)/\(hex(hash.prefix(1)))" }

    private func path(of hash: [UInt8]) -> String { "\(folder(of: hash))/\(hex(hash[...]))" }

    private func hex(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
