"""CANOPY_CONFIG and CANOPY_EFFORT: the values of a file become the defaults, and a mistake in it is named."""

from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.reconstruct import ReconstructableRepository
from pydantic import Field

from canopy_assets.app.run import DEFINITIONS
from canopy_assets.lineage import configuration
from canopy_assets.lineage.configuration import (
    EFFORTS,
    OPERATIONAL,
    config_values,
    configurable,
    effective_configs,
    read_run_config,
)
from canopy_assets.settings import Effort, SettingsError, get_settings

Write = Callable[[str], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """A function that writes the file, for the next configurable class to read."""
    path = tmp_path / "run.yaml"

    def to_file(content: str) -> None:
        path.write_text(content)
        monkeypatch.setenv("CANOPY_CONFIG", str(path))
        get_settings.cache_clear()
        configuration._defaults.cache_clear()

    yield to_file
    monkeypatch.undo()
    get_settings.cache_clear()
    configuration._defaults.cache_clear()


def _config() -> type[dg.Config]:
    @configurable("made")
    class Config(dg.Config):
        """For an asset that is called made."""

        size: int = Field(default=1, ge=1, description="How many.")
        name: str = "a"

    return Config


def test_a_value_in_the_file_becomes_the_default_and_the_rest_stays(write: Write) -> None:
    write("ops: {made: {config: {size: 3}}}")
    assert _config()().model_dump() == {"size": 3, "name": "a"}
    assert _config()(size=2).model_dump() == {"size": 2, "name": "a"}


def test_the_values_of_another_asset_change_nothing(write: Write) -> None:
    write("ops: {other: {config: {size: 3}}}")
    assert _config()().model_dump() == {"size": 1, "name": "a"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("ops: {made: {config: {sise: 3}}}", "made: it has no sise; it has size, name"),
        ("ops: {made: {config: {size: 0}}}", "greater than or equal to 1"),
        ("made: {size: 3}", "write `ops:`"),
        ("ops: {made: {config: 3}}", "below an asset there is `config:`"),
        ("ops: [", "not YAML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(write: Write, content: str, message: str) -> None:
    write(content)
    with pytest.raises(SettingsError, match=r"CANOPY_CONFIG=.*run\.yaml") as error:
        _config()
    assert message in str(error.value)


def test_the_bounds_of_a_field_hold_for_a_new_default_too(write: Write) -> None:
    write("ops: {made: {config: {size: 3}}}")
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        _config()(size=0)


@pytest.mark.parametrize("effort", Effort)
def test_every_effort_names_only_assets_and_fields_that_there_are(effort: Effort) -> None:
    given = read_run_config(EFFORTS / f"{effort}.yaml")
    graph = ReconstructableRepository.for_module(DEFINITIONS, "defs").get_definition().asset_graph
    effective = effective_configs(graph, given)
    assert given.keys() <= effective.keys()
    assert all(effective[asset][name] == value for asset, fields in given.items() for name, value in fields.items())


def test_an_effort_gives_the_defaults_and_a_file_goes_before_it(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "EFFORTS", tmp_path)
    (tmp_path / "quick.yaml").write_text("ops: {made: {config: {size: 3, name: few}}}")
    monkeypatch.setenv("CANOPY_EFFORT", "quick")
    write("ops: {made: {config: {size: 5}}}")
    made = _config()()
    assert (made.size, made.name) == (5, "few")  # pyright: ignore[reportAttributeAccessIssue]


class Worker(dg.Config):
    """With an address, which decides nothing about what it makes."""

    name: str = "a"
    address: str = Field(default="here", json_schema_extra=OPERATIONAL)


class Workers(dg.Config):
    workers: list[Worker] = Field(default=[])
    threads: int = Field(default=2, json_schema_extra=OPERATIONAL)


def test_operational_fields_are_left_out_at_any_depth() -> None:
    assert config_values(Workers(workers=[Worker(name="b", address="there")], threads=8)) == {
        "workers": [{"name": "b"}]
    }


def test_the_file_may_hold_lists_of_nested_values(write: Write) -> None:
    write("ops: {made: {config: {workers: [{name: b}, {address: there}]}}}")
    given = configurable("made")(Workers)()
    assert given.workers == [Worker(name="b"), Worker(address="there")]
    with pytest.raises(ValueError, match="valid"):
        configurable("made")(Workers).model_validate({"workers": [{"name": [1]}]})
