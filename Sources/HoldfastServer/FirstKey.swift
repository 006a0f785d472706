import Glibc
import HoldfastAPI
import HoldfastCore

/// The key that the first start of a server makes and shows, once.
enum FirstKey {
    static func makeIfNeeded(_ keys: KeyRing, at time: Milliseconds) async throws {
        guard keys.keys(project: nil).isEmpty else { return }
        let key = APIKey.make(project: "default", name: "first key", at: time)
        try await keys.insert(key.record)
        // Straight to the terminal: a key never goes into a log.
        print("API key of project 'default' (shown once): \(key.token)")
        fflush(nil)
    }
}
