"""Use cases: the kinds of long work.

A step does one chunk in the transaction it is given and says whether it was the last.
A step that is rolled back leaves no trace, and is done again from the same cursor.
"""

from collections.abc import Callable

from crm.export_job import take_export_chunk
from crm.feedback_import import JOB, take_feedback_chunk
from crm.import_job import take_import_chunk
from crm.models import Job
from crm.twin_list import KIND as TWINS
from crm.twin_list import take_look_chunk
from kit.tx import Tx
from sequences.jobs.bulk import BULK
from sequences.privacy.erasure import KIND as ERASE
from sequences.privacy.retention import KIND as RETENTION
from sequences.privacy.retention import take_retention_chunk
from sequences.privacy.sweep import take_erase_chunk

Step = Callable[[Tx, Job], bool]

KINDS: dict[str, Step] = {
    "export": take_export_chunk,
    "import": take_import_chunk,
    TWINS: take_look_chunk,
    JOB: take_feedback_chunk,
    ERASE: take_erase_chunk,
    RETENTION: take_retention_chunk,
    **BULK,
}
