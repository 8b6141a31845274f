"""Pure: the acts on many people, by the name that forms, changes and jobs call them."""

from sequences.bulk.act import Act
from sequences.bulk.entering import ENTER
from sequences.bulk.forbidding import FORBID
from sequences.bulk.owners import GIVE
from sequences.bulk.stages import MOVE
from sequences.bulk.tags import TAG, UNTAG

ACTS: dict[str, Act] = {
    "stage": MOVE,
    "tag": TAG,
    "untag": UNTAG,
    "owner": GIVE,
    "suppress": FORBID,
    "enrol": ENTER,
}
