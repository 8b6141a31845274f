"""Wire: several mails over one connection with one round trip each (RFC 2920).

One write carries the content of a mail and MAIL, RCPT and DATA of the next. DATA's 354 is a meeting point: no content
leaves before the server has asked for it, and replies out of step cannot pass for consent.
"""

from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple

from mailer.errors import DroppedError, ReplyError, UnclearError
from mailer.parcels import make_dropped, make_unclear, refuse_address
from mailer.smtp_commands import Offers, write_content, write_envelope
from mailer.smtp_link import SmtpLink
from mailer.smtp_replies import CLOSING, judge_command, judge_final
from mailer.types import Accepted, Outcome, Parcel

_STAGES = ("mail", "rcpt", "data")


class _Stop(NamedTuple):
    """The next mail to announce, and our own refusals of those before it; without `commands` the list is at its end."""

    refusals: list[ReplyError]
    commands: bytes = b""
    content: bytes = b""


def hand_over_pipelined(link: SmtpLink, offers: Offers, parcels: Iterable[Parcel]) -> Generator[Outcome, None, None]:
    """Yield one outcome for each of `parcels`, as `SmtpPort.transmit_many` promises, up to a break.

    `link` must be open and nobody else's until the end. Left half-way, it is closed: the server waits for a mail.
    """
    stops = _plan(parcels, offers)
    ahead, leaving = next(stops), b""
    try:
        while link.is_open:
            has_reset = link.must_reset and bool(ahead.commands)
            _write(link, leaving, b"RSET\r\n" + ahead.commands if has_reset else ahead.commands)
            following = next(stops, None)  # worked out while the server is busy
            if leaving:
                yield _hear_final(link)
            yield from ahead.refusals
            if following is None:
                return
            if link.is_open:
                obstacle = _hear_envelope(link, has_reset=has_reset)
                if obstacle:
                    yield obstacle
                leaving, ahead = b"" if obstacle else ahead.content, following
    finally:
        if link.is_midway:
            link.close()


def _plan(parcels: Iterable[Parcel], offers: Offers) -> Iterator[_Stop]:
    refusals: list[ReplyError] = []
    for parcel in parcels:
        try:
            mail, rcpt = write_envelope(
                offers, parcel.sender, parcel.recipient, size=len(parcel.raw), smtputf8=parcel.smtputf8
            )
        except ReplyError as refusal:
            refusals.append(refusal)
        except ValueError as error:
            refusals.append(refuse_address(parcel, error))
        else:
            yield _Stop(refusals, b"%b\r\n%b\r\nDATA\r\n" % (mail, rcpt), write_content(parcel.raw))
            refusals = []
    yield _Stop(refusals)


def _write(link: SmtpLink, content: bytes, commands: bytes) -> None:
    """Write the agreed mail's content and the next one's envelope in one go; a break shows in `link`."""
    link.is_midway = bool(commands)
    try:
        link.write(content + commands)
    except OSError:
        link.close()


def _hear_final(link: SmtpLink) -> Accepted | ReplyError | UnclearError:
    """Read what became of the content that has left."""
    try:
        outcome = judge_final(link.read_final())
    except OSError:
        link.close()
        return make_unclear()
    if isinstance(outcome, UnclearError) or outcome.code == CLOSING:
        link.close()
    return outcome


def _hear_envelope(link: SmtpLink, *, has_reset: bool) -> ReplyError | DroppedError | None:
    """Read the replies to (RSET,) MAIL, RCPT and DATA; return None when the content is wanted.

    A refusal that was read stays one when the connection breaks right after it.
    """
    heard: list[ReplyError | None] = []
    try:
        if has_reset and judge_command("reset", link.read()):
            raise ConnectionError("the server does not forget an envelope")
        for stage in _STAGES:
            heard.append(judge_command(stage, link.read()))
            if (refusal := heard[-1]) and refusal.code == CLOSING:
                raise ConnectionError("the server takes its leave")
        if heard == [None, None, None]:
            link.must_reset = False
            return None
        _leave_empty(link, heard)
    except OSError:
        link.close()
    return next(filter(None, heard), None) or make_dropped()


def _leave_empty(link: SmtpLink, heard: list[ReplyError | None]) -> None:
    """After a refusal: end the mail that a server may want all the same (RFC 2920 3.1)."""
    if heard[-1] is None:
        link.ask(b".")
    link.is_midway = False
    link.must_reset = None in heard  # one command was agreed to, so an envelope may be left
