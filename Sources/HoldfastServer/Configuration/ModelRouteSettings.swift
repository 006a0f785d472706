public import HoldfastCore
public import HoldfastModels

/// A named route: a model name with several targets.
public struct ModelRouteSettings: Sendable, Equatable {
    /// One target.
    public struct Target: Sendable, Equatable {
        /// The name of an entry of `providers`, or of the scripted model.
        public var provider: String
        /// The provider's name of the model.
        public var model: String
        public var weight = 1
        public var limits = AdmissionLimits()
        /// Instead of `limits.model_first_byte_time` and `limits.model_idle_time`.
        public var firstByteTime: Milliseconds?
        public var idleTime: Milliseconds?

        public init(provider: String, model: String) {
            self.provider = provider
            self.model = model
        }
    }

    /// The name that clients use as a model.
    public var name: String
    public var targets: [Target] = []
    public var order = TargetOrder.ordered
    /// Whether an answer that broke off is begun anew at the next target.
    public var restarts = false
    /// Over all targets.
    public var limits = AdmissionLimits()

    public init(name: String) { self.name = name }
}
