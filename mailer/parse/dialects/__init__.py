"""Pure: the wording of each mail server, one module a product, asked in order; the first that finds an address wins.

The order: products whose frame cannot be mistaken come first (qmail, Postfix, Exim, Sendmail, Domino), then Exchange,
whose parts turn up in other servers' quotes, then sentences of gateways and Asian providers, then accounts without a
domain, and last the ranking of lines, which reads anything. A new product is one module and one line here.
"""

from mailer.parse.dialects.asian import read_asian
from mailer.parse.dialects.bare_names import read_bare_name
from mailer.parse.dialects.domino import read_domino
from mailer.parse.dialects.exchange import read_exchange
from mailer.parse.dialects.exim import read_exim
from mailer.parse.dialects.gateways import read_gateway
from mailer.parse.dialects.generic import read_generic
from mailer.parse.dialects.postfix import read_postfix
from mailer.parse.dialects.prose import Dialect, Named, Prose
from mailer.parse.dialects.qmail import read_qmail
from mailer.parse.dialects.sendmail import read_sendmail

__all__ = ["DIALECTS", "Named", "Prose", "read_prose"]

DIALECTS: tuple[Dialect, ...] = (
    read_qmail,
    read_postfix,
    read_exim,
    read_sendmail,
    read_domino,
    read_exchange,
    read_gateway,
    read_asian,
    read_bare_name,
    read_generic,
)


def read_prose(prose: Prose) -> tuple[Named, ...]:
    """Return the failed addresses of a report in words, each with its explanation; empty when none is named."""
    return next((found for dialect in DIALECTS if (found := dialect(prose))), ())
