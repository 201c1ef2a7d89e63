"""The table of settings: defaults, secrets, what an operator changed stays."""

import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from ops import settings as table
from ops.layout import Layout, layout_for, make_folders
from ops.settings import PORT_BASE, BadSettings, Basis, Settings

ARCHITECTURE = Path(table.__file__).parent.parent / "docs" / "architecture.md"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = layout_for(tmp_path / "home", {})
    make_folders(layout)
    return layout


def test_every_setting_of_the_architecture_is_in_the_table() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8").partition("## Settings")[2].partition("## Wires")[0]
    named = set(re.findall(r"`([A-Z][A-Z_]+)", text)) - {"HOTLINE_", "PORT_BASE"}
    ours = {name.removeprefix("HOTLINE_") for name in table.names()}
    assert {name for name in named if not name.startswith("_")} <= ours


def test_ports_follow_the_architecture() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    offsets = {
        name.lower(): int(offset) for name, offset in re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", text, re.MULTILINE)
    }
    values = table.derived(Basis(layout_for(Path("/h"), {}), 20000))
    assert len(offsets) == 11
    assert {name: int(values[name]) - 20000 for name in offsets} == offsets


def test_first_start_writes_a_private_file_with_random_secrets(layout: Layout) -> None:
    first = table.ensure(layout, None)
    assert stat.S_IMODE(layout.env_file.stat().st_mode) == 0o600
    assert first.port_base == PORT_BASE
    secret_fields = [name for name in Settings.model_fields if table.is_secret(name)]
    values = [getattr(first, name) for name in secret_fields]
    assert len(set(values)) == len(values) == 5
    assert all(len(value) >= 32 for value in values)


def test_a_second_start_changes_nothing(layout: Layout) -> None:
    first = table.ensure(layout, 21000)
    before = layout.env_file.stat().st_mtime_ns
    assert table.ensure(layout, None) == first
    assert table.load(layout) == first
    assert layout.env_file.stat().st_mtime_ns == before


def test_a_new_port_base_moves_the_ports_and_keeps_secrets_and_the_operators_values(layout: Layout) -> None:
    first = table.ensure(layout, 21000)
    text = layout.env_file.read_text(encoding="utf-8")
    text = text.replace("HOTLINE_WEB_PORT=21000", "HOTLINE_WEB_PORT=8080")
    text = text.replace("HOTLINE_DUTY_NUMBERS=''", "HOTLINE_DUTY_NUMBERS='13800138000, 075700000001'")
    layout.env_file.write_text(text, encoding="utf-8")
    moved = table.ensure(layout, 22000)
    assert (moved.web_port, moved.desk_port, moved.rtp_end) == (8080, 22001, 22299)
    assert moved.ami_secret == first.ami_secret
    assert moved.duty_list == ("13800138000", "075700000001")


def test_a_moved_home_takes_its_paths_along(layout: Layout, tmp_path: Path) -> None:
    table.ensure(layout, None)
    layout.home.rename(tmp_path / "elsewhere")
    moved = table.ensure(layout_for(tmp_path / "elsewhere", {}), None)
    assert moved.home == tmp_path / "elsewhere"
    assert moved.prompts_dir == tmp_path / "elsewhere" / "prompts"
    assert str(tmp_path / "elsewhere" / "run") in moved.database_url


def test_an_outside_database_stays(layout: Layout) -> None:
    table.ensure(layout, None)
    own = "postgresql+psycopg://hotline@db.example/hotline"
    values = table.read(layout.env_file) | {"database_url": own}
    table.write(layout.env_file, values)
    assert table.ensure(layout, 23000).database_url == own


def test_settings_of_other_parts_are_kept(layout: Layout) -> None:
    table.ensure(layout, None)
    with layout.env_file.open("a", encoding="utf-8") as file:
        file.write("HOTLINE_QUEUE_MAXLEN=7\nOTHER=1\n")
    table.ensure(layout, 24000)
    assert table.read(layout.env_file)["queue_maxlen"] == "7"


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAX_CALLS", "0"), ("MAX_CALLS", "many"), ("AMI_USER", "a b\r\nc"), ("NODE", "Ivr 1"), ("AMI_SECRET", "short"),
     ("DUTY_NUMBERS", "call me"), ("DATABASE_URL", "sqlite:///x"), ("SIP_PORT", "70000")],
)  # fmt: skip
def test_a_value_out_of_range_is_named_but_not_shown(layout: Layout, name: str, value: str) -> None:
    values = {field: str(item) for field, item in table.ensure(layout, None).model_dump().items()}
    with pytest.raises(BadSettings, match=f"HOTLINE_{name}") as caught:
        table.parse(values | {name.lower(): value})
    assert "short" not in str(caught.value)


def test_a_port_base_that_is_no_number_is_named(layout: Layout) -> None:
    layout.env_file.write_text("HOTLINE_PORT_BASE=x\n", encoding="utf-8")
    with pytest.raises(BadSettings, match="HOTLINE_PORT_BASE"):
        table.load(layout)


def test_before_the_first_start_there_are_no_settings(layout: Layout) -> None:
    assert table.load(layout) is None


def test_secrets_do_not_show_in_the_representation(layout: Layout) -> None:
    settings = table.ensure(layout, None)
    assert settings.ami_secret not in repr(settings)
    assert settings.first_admin_password not in repr(settings)


@how(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30))
def test_what_is_written_is_read_back(value: str) -> None:
    basis = Basis(layout_for(Path("/h"), {}), 20000)
    values = table.complete({}, basis, basis) | {"first_admin_password": value}
    assert _read_text(table.render(values)) == values


def _read_text(text: str) -> dict[str, str]:
    from io import StringIO

    from dotenv import dotenv_values

    found = dotenv_values(stream=StringIO(text), interpolate=False)
    return {name.removeprefix("HOTLINE_").lower(): value or "" for name, value in found.items()}
