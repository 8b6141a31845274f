"""Countries and languages by name and code."""

import pytest

from crm.csv_files import country_code, language_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"), ("Deutschland", "DE"), ("Allemagne", "DE"), ("Alemania", "DE"), ("DE", "DE"), ("deu", "DE"),
        ("USA", "US"), ("U.S.A.", "US"), ("United States", "US"), ("Vereinigte Staaten", "US"),
        ("Estados Unidos", "US"),
        ("UK", "GB"), ("England", "GB"), ("Turkey", "TR"), ("Türkiye", "TR"), ("turkiye", "TR"), ("Brasil", "BR"),
        ("Czech Republic", "CZ"), ("Česko", "CZ"), ("Côte d'Ivoire", "CI"), ("CÃ´te d'Ivoire", "CI"), ("日本", "JP"),
        ("Россия", "RU"), ("The Netherlands", "NL"), ("Österreich", "AT"), ("Berlin, Germany", "DE"), ("🇩🇪", "DE"),
        ("British Virgin Islands", "VG"), ("South Korea", "KR"), ("United Arab Emirates", "AE"), ("España", "ES"),
    ],
)  # fmt: skip
def test_reads_a_country(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["", "NaN", "EU", "ZZ", "Atlantis", "Europe", "x" * 500])
def test_reads_no_country(text: str) -> None:
    assert country_code(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("English", "en"), ("Deutsch", "de"), ("German", "de"), ("allemand", "de"), ("en-US", "en"), ("pt_BR", "pt"),
        ("deu", "de"), ("Español", "es"), ("English, Spanish", "en"), ("Türkçe", "tr"), ("日本語", "ja"),
        ("zh-Hans", "zh"),
        ("Simplified Chinese", "zh"), ("Filipino", "fil"), ("NaN", None), ("", None), ("klickklack", None),
    ],
)  # fmt: skip
def test_reads_a_language(text: str, code: str | None) -> None:
    assert language_code(text) == code
