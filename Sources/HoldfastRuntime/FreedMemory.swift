import Glibc

/// Memory that was freed and that the allocator keeps.
enum FreedMemory {
    /// Gives it back to the system. `malloc_trim` is glibc's own and in none of the headers that Swift imports, so it is
    /// looked up; with another C library nothing happens.
    static func giveBack() {
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)(0)
    }
}
