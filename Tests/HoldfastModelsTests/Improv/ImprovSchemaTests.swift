import HoldfastCore
import Testing

@Suite("Improv: values for schemas")
struct ImprovSchemaTests {
    @Test("what the request says is found")
    func found() async throws {
        let person = Improv.object([
            "name": ["type": "string"], "age": ["type": "integer"], "email": ["type": "string", "format": "email"],
        ])
        #expect(
            try await Improv.fill(person, "Jason is 25 years old, his address is jason@example.org.") == [
                "name": "Jason", "age": 25, "email": "jason@example.org",
            ])
        #expect(
            try await Improv.fill(person, "name: Ada Lovelace, age: 36, email: ada@l.org") == [
                "name": "Ada Lovelace", "age": 36, "email": "ada@l.org",
            ])
    }

    @Test("lists take as much as the request has")
    func lists() async throws {
        let tags = Improv.object(["tags": ["type": "array", "items": ["type": "string"]]])
        #expect(try await Improv.fill(tags, "tags: red, green and blue") == ["tags": ["red", "green", "blue"]])
        #expect(try await Improv.fill(tags, "Use 'a' and 'b'") == ["tags": ["a", "b"]])
        let numbers = Improv.object(["values": ["type": "array", "items": ["type": "number"], "maxItems": 2]])
        #expect(try await Improv.fill(numbers, "sort 1, 2.5 and 3") == ["values": [1, 2.5]])
        let person = Improv.object(["name": ["type": "string"], "age": ["type": "integer"]])
        let people = Improv.object(["people": ["type": "array", "items": .object(person)]])
        let expected: JSON = ["people": [["name": "Jason", "age": 25], ["name": "Anna", "age": 30]]]
        let filled = try await Improv.fill(people, "Jason is 25 and Anna is 30")
        #expect(filled["people"]?.array?.prefix(2).elementsEqual(expected["people"]?.array ?? []) == true)
    }

    @Test(
        "bounds and forms are kept where the request says nothing",
        arguments: [
            (["type": "integer", "minimum": 5], 5), (["type": "integer", "exclusiveMaximum": 0], -1),
            (["type": "number", "exclusiveMinimum": 1, "maximum": 2], 2), (["type": "integer", "multipleOf": 7], 0),
            (["type": "string", "pattern": "^[A-Z]{2}-\\d{3}$"], "AA-000"), (["const": "x"], "x"),
            (["type": "string", "format": "date"], "2026-01-01"), (["enum": ["red", "green"]], "red"),
            (["type": ["string", "null"]], nil), (["anyOf": [["type": "integer"], ["type": "null"]]], nil),
            (["type": "boolean"], false), (["type": "array", "items": ["type": "integer"], "minItems": 2], [1, 1]),
            (["type": "string", "maxLength": 2], "go"), (["type": "null"], nil),
            (["type": "string", "default": "d"], "d"),
        ] as [(JSON, JSON)])
    func bounds(schema: JSON, expected: JSON) async throws {
        #expect(try await Improv.fill(Improv.object(["p": schema]), "go on") == ["p": expected])
    }

    @Test("optional members are there when the request speaks of them")
    func optional() async throws {
        let schema = Improv.object(
            [
                "city": ["type": "string"], "kind": ["const": 7], "urgent": ["type": "boolean"],
                "size": ["type": "integer"], "tags": ["type": "array", "items": ["type": "string"]],
                "inner": .object(Improv.object(["depth": ["type": "integer"]])),
            ], required: ["city"])
        #expect(try await Improv.fill(schema, "I am in Rome") == ["city": "Rome"])
        #expect(
            try await Improv.fill(schema, "I go to Rome, size 3, urgent") == [
                "city": "Rome", "urgent": true, "size": 3,
            ])
        #expect(try await Improv.fill(schema, "I go to Rome, not urgent") == ["city": "Rome", "urgent": false])
    }

    @Test("references, also of a schema to itself")
    func references() async throws {
        let schema: JSONObject = [
            "$defs": [
                "Node": .object(
                    Improv.object([
                        "label": ["type": "string"], "children": ["type": "array", "items": ["$ref": "#/$defs/Node"]],
                        "next": ["anyOf": [["$ref": "#/$defs/Node"], ["type": "null"]]],
                    ]))
            ], "$ref": "#/$defs/Node",
        ]
        let filled = try await Improv.fill(schema, "label: root")
        #expect(filled["label"] == "root")
        #expect(filled["children"]?.array != nil)
        #expect(filled["next"] != nil)
    }

    @Test("the branch that the request names is taken")
    func branches() async throws {
        func kind(_ name: String, _ size: String) -> JSON {
            .object(
                Improv.object(["kind": ["const": .string(name)], JSON.string(size).string ?? "": ["type": "number"]]))
        }
        let schema = Improv.object(["shape": ["anyOf": [kind("circle", "radius"), kind("square", "side")]]])
        #expect(try await Improv.fill(schema, "a square of side 4") == ["shape": ["kind": "square", "side": 4]])
        #expect(try await Improv.fill(schema, "a circle, radius 2.5") == ["shape": ["kind": "circle", "radius": 2.5]])
    }

    @Test(
        "schemas without an end come to one",
        arguments: [
            ["type": "object", "properties": ["a": ["$ref": "#"], "b": ["$ref": "#"]], "required": ["a", "b"]],
            ["allOf": [["$ref": "#"], ["$ref": "#"]]], ["anyOf": [["$ref": "#"], ["$ref": "#"]]],
            ["type": "array", "minItems": 1_000, "items": ["$ref": "#"]],
            ["type": "object", "properties": ["a": ["$ref": "#"], "b": ["$ref": "#"]]],
        ] as [JSONObject])
    func endless(schema: JSONObject) async throws {
        _ = try await Improv.fill(schema, "a and b")
    }

    @Test("an evil pattern takes no time")
    func evil() async throws {
        let schema = Improv.object(["p": ["type": "string", "pattern": "^(a+)+$"]])
        let filled = try await Improv.fill(schema, String(repeating: "a", count: 150) + "!")
        #expect(filled["p"]?.string?.isEmpty == false)
        let wide = Improv.object(["p": ["type": "string", "pattern": "^((a{900}){900}){900}$"]])
        _ = try await Improv.fill(wide, "go")
    }
}
