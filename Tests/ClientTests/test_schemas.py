"""Random JSON schemas: what the model fills in is valid by an independent validator."""
import json
import random

import jsonschema
import openai
import pytest

from conftest import API_KEY, BASE_URL, MODEL

client = openai.OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
WORDS = ["city", "age", "name", "email", "tags", "price", "active", "unit", "query", "start_date"]
TEXTS = [
    "Jason is 25 years old and lives in 'New York'. His mail is j@x.org.",
    "Order 3 apples for 2.50 each until 2026-05-06, tags: red, green and blue",
    "巴黎的天气怎么样？", "active, without unit; price = -7", "hm",
]


def schema(dice, depth=0):
    kinds = ["string", "integer", "number", "boolean", "enum", "const", "format", "pattern", "nullable", "ref"]
    if depth < 3:
        kinds += ["object", "array", "anyOf", "allOf"] * 2
    kind = dice.choice(kinds)
    low = dice.randint(-20, 20)
    if kind == "string":
        least = dice.randint(0, 5)
        return dice.choice([{"type": "string"}, {"type": "string", "minLength": least, "maxLength": least + 4}])
    if kind in ("integer", "number"):
        bounds = [{}, {"minimum": low, "maximum": low + 9}, {"exclusiveMinimum": low}, {"multipleOf": 3}]
        return {"type": kind, **dice.choice(bounds)}
    if kind == "boolean":
        return {"type": "boolean"}
    if kind == "enum":
        return {"enum": dice.sample(["red", "green", 3, None, "New York"], 3)}
    if kind == "const":
        return {"const": dice.choice(["x", 7, True])}
    if kind == "format":
        return {"type": "string", "format": dice.choice(["date", "date-time", "email", "uri", "uuid", "ipv4"])}
    if kind == "pattern":
        return {"type": "string", "pattern": dice.choice(["^[A-Z]{3}$", r"^\d{2,4}-[a-f]+$", "^(cat|dog)s?$", "[xyz]"])}
    if kind == "nullable":
        return {"type": [dice.choice(["string", "integer"]), "null"]}
    if kind == "ref":
        return {"$ref": dice.choice(["#/$defs/Leaf", "#/$defs/Tree"])}
    if kind == "array":
        least = dice.randint(0, 2)
        return {"type": "array", "items": schema(dice, depth + 1), "minItems": least, "maxItems": least + 2}
    if kind == "anyOf":
        return {"anyOf": [schema(dice, depth + 1) for _ in range(dice.randint(1, 3))]}
    if kind == "allOf":
        return {"allOf": [thing(dice, depth + 1, WORDS[:5]), thing(dice, depth + 1, WORDS[5:])]}
    return {**thing(dice, depth, WORDS), "additionalProperties": False}


def thing(dice, depth, words):
    names = dice.sample(words, dice.randint(1, 4))
    required = [name for name in names if dice.random() < 0.6]
    return {
        "type": "object", "properties": {name: schema(dice, depth + 1) for name in names}, "required": required,
    }


@pytest.mark.parametrize("seed", range(150))
def test_filled_in_values_are_valid(seed):
    dice = random.Random(seed)
    whole = {**thing(dice, 0, WORDS), "$defs": {
        "Leaf": {"type": "string", "maxLength": 12},
        "Tree": {
            "type": "object", "properties": {
                "label": {"$ref": "#/$defs/Leaf"}, "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
            "required": ["label", "children"], "additionalProperties": False},
    }}
    answer = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": dice.choice(TEXTS)}],
        response_format={"type": "json_schema", "json_schema": {"name": "s", "schema": whole}})
    jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.FormatChecker(["date", "email", "ipv4"])
    ).validate(json.loads(answer.choices[0].message.content))
