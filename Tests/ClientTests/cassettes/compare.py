"""What must be equal between a recorded item and the one that comes out of Holdfast."""

# Holdfast gives these items and calls ids of their own, which stand for the recorded ones everywhere.
OWN_IDS = ("message", "reasoning", "function_call", "custom_tool_call")
# Defaults that Holdfast writes out.
DEFAULTS = {"logprobs": [], "annotations": [], "content": [], "status": "completed"}


def same(item):
    """An item without ids that differ, and without members that say nothing."""
    kept = _plain(item)
    if item["type"] in OWN_IDS and not item.get("namespace"):
        kept.pop("id", None)
        kept.pop("call_id", None)
    return kept


def _plain(value):
    if isinstance(value, dict):
        members = {name: _plain(member) for name, member in value.items() if member is not None}
        return {name: member for name, member in members.items() if DEFAULTS.get(name) != member}
    if isinstance(value, list):
        return [_plain(element) for element in value]
    return value


def differences(recorded, ours):
    """Lines that say where two lists of items differ."""
    if [item["type"] for item in recorded] != [item["type"] for item in ours]:
        yield f"types {[item['type'] for item in recorded]} became {[item['type'] for item in ours]}"
        return
    for index, (left, right) in enumerate(zip(recorded, ours)):
        left, right = same(left), same(right)
        for name in sorted(set(left) | set(right)):
            if left.get(name) != right.get(name):
                yield f"item {index} ({left['type']}) {name}: {str(left.get(name))[:200]} became {str(right.get(name))[:200]}"
