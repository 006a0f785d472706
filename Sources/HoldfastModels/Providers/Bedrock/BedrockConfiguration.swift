/// How to reach Amazon Bedrock.
public struct BedrockConfiguration: Sendable, Equatable {
    /// The dialect of a request.
    public enum Dialect: Sendable, Equatable {
        /// `ConverseStream`, or `Converse` for models that cannot stream.
        case converse(isStreamed: Bool)
        /// Chat Completions, which Bedrock offers below `…/openai/v1`.
        case openAI
    }

    /// Who asks.
    public enum Access: Sendable, Equatable {
        /// A Bedrock API key, sent as a bearer.
        case bearer(SecretSource)
        /// Signature Version 4.
        case signature(accessKey: SecretSource, secretKey: SecretSource, sessionToken: SecretSource?)
    }

    public var region: String
    /// The URL below which `/model/…` is, or, for `openAI`, `/chat/completions`; `nil` for the region's own.
    public var baseURL: String?
    public var access: Access
    public var dialect: Dialect
    /// The service that signatures name: `bedrock`, or `bedrock-mantle` for that host.
    public var signingName: String
    /// Output tokens of a call that does not say how many; `nil` leaves it to the model.
    public var maxTokens: Int?
    /// What tokens cost; `nil` when it is not known.
    public var price: ModelPrice?

    public init(
        region: String, baseURL: String? = nil, access: Access, dialect: Dialect = .converse(isStreamed: true),
        signingName: String? = nil, maxTokens: Int? = nil, price: ModelPrice? = nil
    ) {
        self.region = region
        self.baseURL = baseURL
        self.access = access
        self.dialect = dialect
        self.signingName =
            signingName ?? (baseURL?.contains("//bedrock-mantle.") == true ? "bedrock-mantle" : "bedrock")
        self.maxTokens = maxTokens
        self.price = price
    }

    var endpoint: Endpoint {
        get throws(ModelConfigurationError) {
            guard !region.isEmpty, region.utf8.allSatisfy({ 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D })
            else { throw ModelConfigurationError("'\(region)' is no region of AWS; one is called us-east-1") }
            let path = dialect == .openAI ? "/openai/v1" : ""
            return try Endpoint(baseURL ?? "https://bedrock-runtime.\(region).amazonaws.com\(path)")
        }
    }

    /// Reads the secrets.
    func authorization() throws(ModelConfigurationError) -> Authorization {
        switch access {
        case .bearer(let key): return .bearer(try key.resolve())
        case .signature(let accessKey, let secretKey, let token):
            let credentials = AWSCredentials(
                accessKey: try accessKey.resolve().value, secretKey: try secretKey.resolve(),
                sessionToken: try token?.resolve())
            return .signature(SigV4Signer(credentials: credentials, region: region, service: signingName))
        }
    }
}
