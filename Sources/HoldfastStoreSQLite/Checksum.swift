import HoldfastStore

/// The checksums that are stored with rows; part of the format.
enum Checksum {
    /// Over session id, seq, kind, version, time and body. Texts carry their length, numbers are eight bytes.
    static func of(_ record: JournalRecord, session: String) -> UInt32 {
        var crc = CRC32C()
        crc.add(session)
        crc.add(record.seq)
        crc.add(record.kind)
        crc.add(Int64(record.version))
        crc.add(record.at)
        crc.add(record.body)
        return crc.value
    }

    /// Over session id, seq, fold version and body.
    static func of(_ snapshot: Snapshot, session: String) -> UInt32 {
        var crc = CRC32C()
        crc.add(session)
        crc.add(snapshot.seq)
        crc.add(Int64(snapshot.foldVersion))
        crc.add(snapshot.body)
        return crc.value
    }
}
