import HTTPTypes
import HoldfastCore
import HoldfastStore

extension APIOperation {
    /// See `UsageRoutes`.
    static func usage(_ limits: Limits) -> [APIOperation] {
        let span = [
            APIParameter(
                "start_time", Schema.integer(in: 0...253_402_300_800), "Seconds since 1970; the first that counts."),
            APIParameter(
                "end_time", Schema.integer(in: 0...253_402_300_800), "Seconds since 1970; the first that does not."),
        ]
        let groups = UsageGrouping.allCases.map { JSON.string($0.rawValue) }
        return [
            APIOperation(
                method: .get, path: "/usage", id: "sumUsage", summary: "Sum up what inferences used.",
                query: APIParameter.page(limits) + span + [
                    APIParameter(
                        "group_by", Schema.array(of: ["type": "string", "enum": .array(groups)]), "What is kept apart.")
                ], answer: Schema.page(of: Schema.object)),
            APIOperation(
                method: .get, path: "/usage/records", id: "listUsageRecords", summary: "List what each inference used.",
                query: APIParameter.page(limits) + span, answer: Schema.page(of: Schema.object)),
        ]
    }
}
