"""Turns pydantic's findings into one refusal that names file, key, value and fix."""

import types
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from roadmap.refusal import Refusal, block, nearest, one_of, paste

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], values: dict[str, Any], *, file: str, stack_file: bool = False) -> Model:
    """Check `values` against `model`; raises Refusal with the one finding to mend first.

    With `stack_file` the fix is YAML as it stands in a stack file, with the project's prefix.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _refusal(model, _first(error.errors()), file, stack_file) from None


def _first(found: list[ErrorDetails]) -> ErrorDetails:
    """The finding to mend first: a misspelt key goes before the missing one that it was meant for."""
    return next((detail for detail in found if detail["type"] == "extra_forbidden"), found[0])


def _refusal(model: type[BaseModel], detail: ErrorDetails, file: str, stack_file: bool) -> Refusal:
    location = [part for part in detail["loc"] if not _is_branch(part)]
    key = ".".join(str(part) for part in location)
    shown = f"service-extraction:{key}" if stack_file else key
    kind, value = detail["type"], detail["input"]
    owner, field = _holder(model, location[:-1]), str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        known = list(owner.model_fields) if owner else []
        hidden = ("stack", "file") if stack_file else ()
        known = [name for name in known if name not in hidden]
        return Refusal("this key is not known", file=file, key=shown, fix=nearest(field, known))
    example = _example(owner, field)
    advice = f"write{_yaml(key, example, stack_file)}" if example is not None else None
    if kind == "missing":
        return Refusal("is missing", file=file, key=shown, fix=advice or f"add `{field}`")
    context = detail.get("ctx", {})
    if kind in ("literal_error", "enum"):
        return Refusal(
            "this is none of the allowed values",
            file=file,
            key=shown,
            value=value,
            fix=f"use one of {_allowed(owner, field, str(context.get('expected', '')))}",
        )
    if kind == "value_error":
        reason, _, remedy = str(context.get("error", detail["msg"])).partition("; ")
        advice = remedy or advice
        return Refusal(reason, file=file, key=shown, value=value, fix=advice or f"correct `{field}`")
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        tree = example if example is not None else _mapping(model, location, value)
        advice = f"write{_yaml(key, tree, stack_file)}" if key else None
        reason = "must be a mapping of keys to values"
        return Refusal(reason, file=file, key=shown, value=value, fix=advice or "start it with a key")
    reason = detail["msg"].replace("Input should be", "must be")
    reason = reason[0].lower() + reason[1:]
    return Refusal(reason, file=file, key=shown, value=value, fix=advice or f"`{field}` {reason}")


def required_example(model: type[BaseModel]) -> dict[str, Any]:
    """Every key that a model demands, with an example where it has one."""
    fields = model.model_fields
    return {name: info.examples[0] for name, info in fields.items() if info.is_required() and info.examples}


def _mapping(model: type[BaseModel], location: list[int | str], value: object) -> dict[str, Any]:
    """What a text that stands in a mapping's place was most likely meant to be.

    Of a section, its first key, as in `ai: service`; of a mapping, the name of one entry, as in `extract: ai`.
    """
    section = _holder(model, location)
    if section is not None:
        required = required_example(section)
        return required or ({next(iter(section.model_fields)): value} if isinstance(value, str) else {})
    entries = _holder(model, [*location, ""])
    return {value: required_example(entries)} if entries is not None and isinstance(value, str) else {}


def _is_branch(part: int | str) -> bool:
    """pydantic names the branch of a union or a validator in the location; people do not."""
    return isinstance(part, str) and ("[" in part or ("-" in part and "(" in part))


def _yaml(key: str, example: object, stack_file: bool) -> str:
    if stack_file:
        return ":" + paste(key, example)
    tree: object = example
    for part in reversed(key.split(".")):
        tree = [tree] if part.isdigit() else {part: tree}
    return ":" + block(tree)


def _holder(model: type[BaseModel], path: list[int | str]) -> type[BaseModel] | None:
    """The model that stands at a path of keys, through optional fields, tuples and mappings."""
    current: Any = model
    for part in path:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(str(part))
            current = _unwrapped(field.annotation) if field else None
        else:
            inner = [argument for argument in get_args(current) if argument not in (str, ...)]
            current = _unwrapped(inner[-1]) if inner else None
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _unwrapped(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return _unwrapped(next(a for a in get_args(annotation) if a is not type(None)))
    if hasattr(annotation, "__metadata__"):
        return _unwrapped(get_args(annotation)[0])
    return annotation


def _example(owner: type[BaseModel] | None, field: str) -> object:
    info = owner.model_fields.get(field) if owner else None
    return info.examples[0] if info and info.examples else None


def _allowed(owner: type[BaseModel] | None, field: str, expected: str) -> str:
    info = owner.model_fields.get(field) if owner else None
    values = get_args(_unwrapped(info.annotation)) if info else ()
    return one_of(str(value) for value in values) or expected.replace("'", "").replace(" or ", ", ")
