"""Which changes of the API's description would break a client that was written against the earlier one."""

from vssid.api.schema import Document, operations, resolved

MASK = "fields"
# What a request's value may be; a lower (or higher) bound than before refuses what was fine.
UPPER, LOWER = ("maxLength", "maximum", "maxItems"), ("minLength", "minimum", "minItems")


def breaking_changes(old: Document, new: Document) -> list[str]:
    """Return in words what of `old` (an OpenAPI document) a client can no longer rely on in `new`.

    New addresses, optional parameters and members, media types and values of an enumeration break nothing.
    """
    found: list[str] = []
    for path, method, before in operations(old):
        name, after = f"{method.upper()} {path}", new.get("paths", {}).get(path, {}).get(method)
        if after is None:
            found.append(f"{name}: removed")
            continue
        comparison = _Comparison(old, new, name)
        comparison.parameters(before, after)
        comparison.bodies(before, after)
        comparison.scopes(before, after)
        found += comparison.found
    return found


class _Comparison:
    """One operation in two documents; `found` collects what broke."""

    def __init__(self, old: Document, new: Document, name: str) -> None:
        self.old, self.new, self.name = old, new, name
        self.found: list[str] = []
        self.seen: set[tuple[str, str, bool]] = set()

    def parameters(self, before: Document, after: Document) -> None:
        """Parameters that are gone, newly demanded, or of another kind."""
        olds, news = _parameters(before), _parameters(after)
        for key, parameter in olds.items():
            if key[1] == MASK and key in news:
                continue  # its pattern names the answer's members, which are compared there
            if key in news:
                schemas = parameter.get("schema", {}), news[key].get("schema", {})
                self.schema(f"parameter {key[1]}", *schemas, sent=True)
            else:
                self.say(f"parameter {key[1]}", "removed")
        for key, parameter in news.items():
            if parameter.get("required") and not olds.get(key, {}).get("required"):
                self.say(f"parameter {key[1]}", "newly required")

    def bodies(self, before: Document, after: Document) -> None:
        """What is sent and what is answered."""
        asked, asks = before.get("requestBody", {}), after.get("requestBody", {})
        if asks.get("required") and not asked.get("required"):
            self.say("body", "newly required")
        self.contents("body", asked.get("content", {}), asks.get("content", {}), sent=True)
        for code, answer in before.get("responses", {}).items():
            answers = after.get("responses", {}).get(code)
            if answers is not None:
                self.contents(f"answer {code}", answer.get("content", {}), answers.get("content", {}), sent=False)
            elif code.startswith("2"):
                self.say(f"answer {code}", "removed")

    def scopes(self, before: Document, after: Document) -> None:
        """Another permission than the one that was enough."""
        enough, needed = before.get("security") or [{}], after.get("security") or [{}]
        if not any(need in needed for need in enough):
            self.say("security", "another scope is needed")

    def contents(self, where: str, before: Document, after: Document, *, sent: bool) -> None:
        """Bodies by media type."""
        for media, content in before.items():
            if media in after:
                self.schema(where, content.get("schema", {}), after[media].get("schema", {}), sent=sent)
            else:
                self.say(where, f"{media} removed")

    def schema(self, where: str, before: Document, after: Document, *, sent: bool) -> None:
        """A value's schema; what is sent may not grow stricter, what is answered may not grow looser."""
        references = before.get("$ref"), after.get("$ref")
        if all(references):
            if (*references, sent) in self.seen:
                return
            self.seen.add((*references, sent))  # type: ignore[arg-type]
        was, now = _shape(self.old, before), _shape(self.new, after)
        narrow, wide = (now, was) if not sent else (was, now)
        if was["types"] and now["types"] and not narrow["types"] <= wide["types"]:
            self.say(where, f"type {_words(was['types'])} became {_words(now['types'])}")
        if sent:
            self.stricter(where, was, now)
        for name, member in was["properties"].items():
            inner = f"{where}, {name}"
            if name not in now["properties"]:
                self.say(inner, "removed")
                continue
            if not sent and name in was["required"] and name not in now["required"]:
                self.say(inner, "may be missing")
            self.schema(inner, member, now["properties"][name], sent=sent)
        for part in ("items", "additionalProperties"):
            if isinstance(was[part], dict) and isinstance(now[part], dict):
                self.schema(f"{where}[]", was[part], now[part], sent=sent)

    def stricter(self, where: str, was: Document, now: Document) -> None:
        """Demands on what is sent that were not there."""
        for name in sorted(now["required"] - was["required"]):
            self.say(f"{where}, {name}", "newly required")
        if now["enum"] and (gone := was["enum"] - now["enum"]):
            self.say(where, f"value {', '.join(sorted(map(str, gone)))} removed")
        if now["pattern"] not in {None, was["pattern"]}:
            self.say(where, "another pattern")
        for bounds, sign in ((UPPER, 1), (LOWER, -1)):
            for bound in bounds:
                limit = now["bounds"].get(bound)
                earlier = was["bounds"].get(bound)
                if limit is not None and (earlier is None or sign * limit < sign * earlier):
                    self.say(where, f"{bound} is {limit}")

    def say(self, where: str, what: str) -> None:
        """Keep one finding."""
        self.found.append(f"{self.name}: {where}: {what}")


def _parameters(operation: Document) -> dict[tuple[str, str], Document]:
    return {(item["in"], item["name"]): item for item in operation.get("parameters", [])}


def _shape(document: Document, schema: Document) -> Document:
    """A schema with its references and alternatives laid together."""
    schema = resolved(document, schema)
    kinds = schema.get("type", [])
    shape: Document = {
        "types": {kinds} if isinstance(kinds, str) else set(kinds),
        "enum": set(schema.get("enum", [])),
        "pattern": schema.get("pattern"),
        "properties": dict(schema.get("properties", {})),
        "required": set(schema.get("required", [])),
        "items": schema.get("items"),
        "additionalProperties": schema.get("additionalProperties"),
        "bounds": {name: schema[name] for name in (*UPPER, *LOWER) if name in schema},
    }
    if None in shape["enum"]:
        shape["types"].add("null")
    for word in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(word, []):
            other = _shape(document, part)
            for member in ("types", "enum", "properties"):
                shape[member] |= other[member]
            if word == "allOf":
                shape["required"] |= other["required"]
    return shape


def _words(types: set[str]) -> str:
    return " or ".join(sorted(types))
