"""The configuration of assets: typed classes with defaults.

CANOPY_EFFORT chooses other defaults (the files in `efforts/`), and a file named by CANOPY_CONFIG replaces both.
"""

from __future__ import annotations

import copy
import json
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import dagster as dg
import pydantic
import yaml
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from canopy_assets.records import content_id
from canopy_assets.settings import SettingsError, get_settings

OPERATIONAL: Final[JsonDict] = {"operational": True}
"""`json_schema_extra` of a field that decides where or how fast something is made, but not what is made. The field's
value is not part of the data version."""

EFFORTS = Path(__file__).parent / "efforts"
"""A file of run configuration for each value of CANOPY_EFFORT."""

_ABSENT_AT = "absent_at"

ConfigType = TypeVar("ConfigType", bound=type[dg.Config])
C = TypeVar("C", bound=dg.Config)


class ConfigurationError(ValueError):
    """A configuration file cannot be used; the message names the file, the asset and the value."""


def configurable(asset: str) -> Callable[[ConfigType], ConfigType]:
    """Class decorator: the values that CANOPY_EFFORT and CANOPY_CONFIG give for an asset become the class's defaults.

    So the values hold for every run, including those that automation or the UI starts. They are part of the data
    version.

    Args:
        asset: the name of the asset, as in the file.

    Raises:
        SettingsError: the file has a field that does not exist, or a value out of bounds.
    """

    def with_defaults(config: ConfigType) -> ConfigType:
        given = _defaults().get(asset, {})
        try:
            checked(config, given)
        except ValueError as error:
            raise SettingsError(f"CANOPY_CONFIG={get_settings().config}: {asset}: {error}") from error
        fields: dict[str, Any] = {
            name: (config.model_fields[name].annotation, _default(config, name, v)) for name, v in given.items()
        }
        if not fields:
            return config
        created = pydantic.create_model(config.__name__, __base__=config, __module__=config.__module__, **fields)
        created.__doc__ = config.__doc__
        return typing.cast("ConfigType", created)

    return with_defaults


def absent_at(value: int | float | str | bool) -> JsonDict:
    """`json_schema_extra` of a field that came later than its asset.

    At this value the asset is made as it was before there was the field. So the field is then left out of the data
    version, and nothing is made again because of it.
    """
    return {_ABSENT_AT: value}


def read_run_config(path: Path) -> dict[str, dict[str, Any]]:
    """The configuration of each asset in a file of Dagster run configuration.

    Returns:
        The fields and values given, by asset.

    Raises:
        ConfigurationError: the file cannot be read, is not YAML, or does not have the form
            `ops: {asset: {config: {field: value}}}`.
    """
    try:
        content = yaml.safe_load(path.read_text()) or {}
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not YAML ({error})") from error
    ops = content.get("ops", {}) if isinstance(content, dict) else None
    if not isinstance(ops, dict) or set(content) - {"ops"}:
        raise ConfigurationError(
            f"{path}: write `ops:`, below it an asset and its `config:`, as in Dagster's launchpad"
        )
    configs = {
        asset: (entry or {}).get("config") or {} for asset, entry in ops.items() if isinstance(entry or {}, dict)
    }
    if len(configs) < len(ops) or not all(isinstance(c, dict) for c in configs.values()):
        raise ConfigurationError(f"{path}: below an asset there is `config:`, and below that its fields")
    return configs


def config_type(assets_def: dg.AssetsDefinition) -> type[dg.Config] | None:
    """The `dg.Config` class that an asset's function takes as `config`, if any."""
    function = assets_def.op.compute_fn.decorated_fn  # pyright: ignore
    return typing.get_type_hints(function).get("config")


def checked(config: type[C], given: Mapping[str, Any]) -> C:
    """A configuration with the given values, and defaults for the rest.

    Raises:
        ValueError: a value is out of bounds, or a field does not exist.
    """
    if unknown := set(given) - set(config.model_fields):
        raise ValueError(f"it has no {', '.join(sorted(unknown))}; it has {', '.join(config.model_fields)}")
    try:
        return config(**given)
    except pydantic.ValidationError as error:
        faults = (f"{'.'.join(map(str, e['loc']))}: {e['input']!r}: {e['msg']}" for e in error.errors())
        raise ValueError("; ".join(faults)) from error


def effective_configs(graph: Any, given: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, dict[str, Any]]:
    """The configuration that every asset will run with.

    Args:
        graph: Dagster's asset graph.
        given: values by asset and field; the rest are the defaults.

    Raises:
        ConfigurationError: a value is out of bounds or unknown; the message names it.
    """
    effective = {}
    for key in graph.materializable_asset_keys:
        name = key.path[-1]
        config = config_type(graph.get(key).assets_def)
        if config is None:
            continue
        try:
            effective[name] = config_values(checked(config, (given or {}).get(name, {})))
        except ValueError as error:
            raise ConfigurationError(f"configuration of {name}: {error}") from error
    return effective


def config_digest(config: Mapping[str, Any]) -> str:
    """The digest of a configuration: sixteen hexadecimal digits."""
    return content_id(json.dumps(config, sort_keys=True, default=str))


def config_values(config: dg.Config | None) -> dict[str, Any]:
    """The values of a Dagster config that decide what is made, without `OPERATIONAL` fields and `absent_at` values."""
    return _deciding(config, config.model_dump(mode="json")) if config is not None else {}


def _deciding(value: Any, plain: Any) -> Any:
    """`plain`, the dump of `value`, without the fields that decide nothing, at any depth."""
    if isinstance(value, dg.Config):
        fields = type(value).model_fields
        return {n: _deciding(getattr(value, n), plain[n]) for n, f in fields.items() if _decides(f, plain[n])}
    if isinstance(value, list):
        return [_deciding(v, p) for v, p in zip(value, plain, strict=True)]
    return plain


def _decides(field: FieldInfo, value: Any) -> bool:
    """Whether a field's value is part of the data version."""
    extra = field.json_schema_extra
    if not isinstance(extra, dict):
        return True
    return extra != OPERATIONAL and (_ABSENT_AT not in extra or extra[_ABSENT_AT] != value)


@lru_cache(maxsize=1)
def _defaults() -> dict[str, dict[str, Any]]:
    """The values of CANOPY_EFFORT and of the file that CANOPY_CONFIG names, by asset; the file's go first."""
    settings = get_settings()
    defaults = read_run_config(EFFORTS / f"{settings.effort}.yaml")
    if settings.config is None:
        return defaults
    try:
        given = read_run_config(settings.config)
    except ConfigurationError as error:
        raise SettingsError(f"CANOPY_CONFIG={error}") from error
    return {asset: defaults.get(asset, {}) | given.get(asset, {}) for asset in defaults | given}


def _default(config: type[dg.Config], name: str, value: Any) -> Any:
    """A copy of a field with another default."""
    field = copy.copy(config.model_fields[name])
    field.default, field.default_factory, field.validate_default = value, None, True
    return field
