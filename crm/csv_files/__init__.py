"""Pure: reading any file of contacts: its table, the meaning of its columns, and each row as a candidate.

`open_table` alone touches the disk. Nothing here writes: what becomes of a candidate is crm.imports' business.
"""

from crm.csv_files.candidates import Candidate, CandidateHandle, Rejected
from crm.csv_files.columns import Mapping, guess_mapping, override, with_platform
from crm.csv_files.conventions import Conventions, learn_conventions
from crm.csv_files.days import guess_day_first, parse_day
from crm.csv_files.dialect import RawRow
from crm.csv_files.fields import FIELDS
from crm.csv_files.handles import Account, parse_handle
from crm.csv_files.money import parse_money
from crm.csv_files.numbers import guess_bare_percent, guess_decimal, parse_number, parse_percent
from crm.csv_files.places import country_code, language_code
from crm.csv_files.rows import read_row
from crm.csv_files.table import Table, open_table

__all__ = [
    "FIELDS",
    "Account",
    "Candidate",
    "CandidateHandle",
    "Conventions",
    "Mapping",
    "RawRow",
    "Rejected",
    "Table",
    "country_code",
    "guess_bare_percent",
    "guess_day_first",
    "guess_decimal",
    "guess_mapping",
    "language_code",
    "learn_conventions",
    "open_table",
    "override",
    "parse_day",
    "parse_handle",
    "parse_money",
    "parse_number",
    "parse_percent",
    "read_row",
    "with_platform",
]
