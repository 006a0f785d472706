import HoldfastCore

/// The arguments of a call do not fit the tool's schema.
struct ToolArgumentError: Error, Equatable, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// The arguments of a call, checked as they are read. `null` counts as absent, because models with strict schemas
/// write it for optional arguments.
struct ToolArguments: Sendable {
    private let object: JSONObject

    /// Parses the model's text and refuses arguments that the tool does not have.
    init(_ text: String, for tool: ToolDefinition) throws(ToolArgumentError) {
        let value: JSON
        do throws(JSONParseError) {
            value = try JSONParser.parse(text.isEmpty ? "{}" : text)
        } catch {
            throw ToolArgumentError("\(tool.name): the arguments are no JSON: \(error)")
        }
        guard let object = value.object else {
            throw ToolArgumentError("\(tool.name): the arguments must be an object, not \(value.typeName)")
        }
        let known = tool.parameters["properties"]?.object ?? JSONObject()
        if let stray = object.members.first(where: { known[$0.name] == nil }) {
            let names = known.members.map(\.name).joined(separator: ", ")
            throw ToolArgumentError("\(tool.name): unknown argument '\(stray.name)'; there are: \(names)")
        }
        self.object = object
    }

    /// A required string.
    func string(_ name: String) throws(ToolArgumentError) -> String {
        guard let value = try optionalString(name) else { throw ToolArgumentError("'\(name)' is required") }
        return value
    }

    /// A string that may be absent.
    func optionalString(_ name: String) throws(ToolArgumentError) -> String? {
        guard let value = present(name) else { return nil }
        guard let text = value.string else {
            throw ToolArgumentError("'\(name)' must be a string, not \(value.typeName)")
        }
        return text
    }

    /// An integer in a range that may be absent.
    func integer(_ name: String, in range: ClosedRange<Int64>) throws(ToolArgumentError) -> Int64? {
        guard let value = present(name) else { return nil }
        guard let number = value.integer, range.contains(number) else {
            let upper = range.upperBound == .max ? "or more" : "to \(range.upperBound)"
            throw ToolArgumentError("'\(name)' must be an integer, \(range.lowerBound) \(upper)")
        }
        return number
    }

    /// A boolean that may be absent.
    func bool(_ name: String) throws(ToolArgumentError) -> Bool? {
        guard let value = present(name) else { return nil }
        guard let flag = value.bool else {
            throw ToolArgumentError("'\(name)' must be a boolean, not \(value.typeName)")
        }
        return flag
    }

    private func present(_ name: String) -> JSON? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }
}
