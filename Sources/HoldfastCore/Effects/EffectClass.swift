/// What a crash between the start of a tool call and its recorded result means.
public enum EffectClass: String, Sendable {
    /// Changes nothing: run again.
    case read
    /// Run again with the same key (the call id).
    case idempotent
    /// May have happened: the outcome is unknown, and the call is never repeated blindly.
    case atMostOnce = "at_most_once"
}
