/// How to reach Azure OpenAI.
public struct AzureConfiguration: Sendable, Equatable {
    /// The version of the API that the classic paths want.
    public static let defaultVersion = "2024-10-21"

    /// The resource, such as `https://NAME.openai.azure.com`.
    public var endpoint: String
    /// `api-version`. With one, requests go to `/openai/deployments/DEPLOYMENT/…`, where the model's name is the
    /// deployment's; without, to `/openai/v1/…`.
    public var apiVersion: String?
    public var apiKey: SecretSource
    /// Sends the key as `Authorization: Bearer`, as a token of Entra ID, and not as `api-key`.
    public var usesBearer: Bool
    /// What tokens cost; `nil` when it is not known.
    public var price: ModelPrice?

    public init(
        endpoint: String, apiVersion: String? = Self.defaultVersion, apiKey: SecretSource, usesBearer: Bool = false,
        price: ModelPrice? = nil
    ) {
        self.endpoint = endpoint
        self.apiVersion = apiVersion
        self.apiKey = apiKey
        self.usesBearer = usesBearer
        self.price = price
    }

    /// Where the operations are, at an endpoint that was given with or without `/openai` and `/openai/v1`.
    func address(_ base: String) -> OpenAIAddress {
        var base = base[...]
        for suffix in ["/v1", "/openai"] where base.hasSuffix(suffix) { base = base.dropLast(suffix.count) }
        guard let apiVersion else { return .base(base + "/openai/v1") }
        return .deployments("\(base)/openai/deployments/", apiVersion: PercentEncoding.encoded(apiVersion))
    }
}
