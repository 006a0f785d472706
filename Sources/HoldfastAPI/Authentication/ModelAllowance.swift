import HTTPTypes

/// The models and routes that somebody may use: names, or prefixes that end with `*`.
public struct ModelAllowance: Sendable, Equatable {
    /// A name must fit a pattern of each list.
    private let lists: [[String]]

    /// - Returns: `nil` when neither the key nor its project is limited.
    init?(key: [String]?, project: [String]?) {
        lists = [key, project].compactMap(\.self)
        if lists.isEmpty { return nil }
    }

    func allows(_ model: String) -> Bool {
        lists.allSatisfy { list in
            list.contains { $0.hasSuffix("*") ? model.hasPrefix($0.dropLast()) : model == $0 }
        }
    }
}

extension APIError {
    /// The key or its project is limited to other models.
    static func modelNotAllowed(_ name: String, param: String = "model") -> APIError {
        APIError(
            .forbidden, code: "model_not_allowed", param: param,
            "This API key may not use the model '\(name.prefix(80))'. GET /v1/models lists what it may use.")
    }
}
