"""Files of other programs are known by their columns, and read as their makers document them."""

import pytest

from crm.csv_files import guess_mapping, override
from crm.csv_files.fields import FIELDS, fold
from crm.csv_files.presets import PRESETS, find_preset

FILES = {
    "HubSpot": (
        ("Record ID", "First Name", "Last Name", "Email", "Phone Number", "Contact owner", "Lead Status",
         "Country/Region", "Website URL"),
        {"First Name": "first_name", "Email": "email", "Website URL": "url", "Country/Region": "country",
         "Record ID": "ignore", "Lead Status": "ignore"},
    ),
    "Upfluence": (
        ("influencer_id", "media_url", "profile_name", "first_name", "last_name", "phone_number", "email",
         "shipping_address.city", "shipping_address.country_code"),
        {"media_url": "url", "profile_name": "name", "first_name": "first_name", "shipping_address.city": "city",
         "influencer_id": "ignore", "phone_number": "ignore"},
    ),
    "BuzzStream": (
        ("Name", "Assigned To", "Relationship Stage", "Overall Rating", "Person About", "Email 1", "Email 2"),
        {"Name": "name", "Email 1": "email", "Email 2": "email", "Person About": "notes", "Assigned To": "ignore"},
    ),
    "Semrush": (
        ("page_ascore", "source_title", "source_url", "target_url", "anchor", "external_num", "first_seen"),
        {"source_url": "url", "target_url": "ignore", "anchor": "ignore", "source_title": "notes"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_known_by_its_columns(name: str) -> None:
    header, becomes = FILES[name]
    mapping = guess_mapping(header, [("",) * len(header)])
    assert mapping.preset == name
    assert {column: mapping.columns[column] for column in becomes} == becomes
    assert all(mapping.reasons[column] == f"{name} calls it so" for column in becomes if column != "Name")


def test_link_partners_of_buzzstream() -> None:
    mapping = guess_mapping(("Link Partner – Name", "Link Partner – Domain", "Linking from", "Linking To"), [])
    assert (mapping.preset, list(mapping.columns.values())) == ("BuzzStream", ["name", "url", "ignore", "ignore"])


@pytest.mark.parametrize("header", [("Name", "Email"), ("First Name", "Last Name", "Email"), ("url", "anchor"), ()])
def test_any_other_file_is_nobodys(header: tuple[str, ...]) -> None:
    assert find_preset(header) is None


def test_a_hand_goes_before_a_preset() -> None:
    header, _ = FILES["HubSpot"]
    mapping = override(guess_mapping(header, []), {"Lead Status": "tags"})
    assert (mapping.columns["Lead Status"], mapping.preset) == ("tags", "HubSpot")


def test_presets_name_fields_there_are_and_folded_columns() -> None:
    for preset in PRESETS:
        assert set(preset.columns.values()) <= set(FIELDS)
        assert all(fold(name) == name for name in (*preset.columns, *preset.needs)), preset.name
