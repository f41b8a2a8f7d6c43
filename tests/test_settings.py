"""Settings: what users read about them is complete, and a wrong value is named."""

import pytest
from pydantic import SecretStr

from canopy_assets.settings import Settings, SettingsError, get_settings

FIELDS = Settings.model_fields
WITH_VALUE = [n for n, f in FIELDS.items() if type(f.default) in (str, int, float)]
UNITS = {"seconds": "econds", "minutes": "minutes", "mb": "megabytes", "gb": "GB", "share": "share"}
"""The unit that each ending of a name stands for, as the description must say it."""


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_is_described_with_its_default(name: str) -> None:
    assert "Default: " in (FIELDS[name].description or "")


@pytest.mark.parametrize("name", WITH_VALUE)
def test_the_described_default_is_the_real_one(name: str) -> None:
    default = FIELDS[name].default
    described = (FIELDS[name].description or "").partition("Default: ")[2]
    value = f"{default:g}" if isinstance(default, float) else str(default)
    assert described.startswith((f"{value}.", f"{value};"))


@pytest.mark.parametrize("name", [n for n in FIELDS if n.rpartition("_")[2] in UNITS])
def test_a_quantity_is_described_with_its_unit(name: str) -> None:
    assert UNITS[name.rpartition("_")[2]] in (FIELDS[name].description or "")


@pytest.mark.parametrize(("name", "value"), [("device", "tpu"), ("retrain_min_share", "1.5"), ("gpus", "many")])
def test_a_wrong_value_is_named_with_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"CANOPY_{name.upper()}", value)
    get_settings.cache_clear()
    with pytest.raises(SettingsError, match=f"CANOPY_{name.upper()}='{value}'"):
        get_settings()
    get_settings.cache_clear()


def test_secrets_are_not_shown() -> None:
    settings = Settings(database=SecretStr("postgresql://canopy:hidden@db/lineage"))
    assert "hidden" not in repr(settings)
