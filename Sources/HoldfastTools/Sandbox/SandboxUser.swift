/// The uid that a session's commands run as when the server is root.
public enum SandboxUser {
    private static let base: UInt32 = 200_000
    private static let count: UInt32 = 100_000

    /// The same for a session on every start of the server. Two sessions can share one: what keeps them apart is that
    /// neither sees the other's files and processes at all; the uid is the second wall and the unit of process limits.
    public static func id(session: String) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in session.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return base + UInt32(hash % UInt64(count))
    }
}
