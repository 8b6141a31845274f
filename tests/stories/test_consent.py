"""A mailbox that signs in with consent: tokens are renewed in time, by one worker, and nobody is paused for nothing."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from crm.consents import check_request, find_consent, open_request, open_token, use_request
from crm.mailboxes import get_mailbox, pause_mailbox
from crm.models import Consent, Mailbox
from crm.users import add_user
from kit.clock import FixedClock
from kit.errors import RefusedError
from mailer.errors import ConsentError, IssuerError
from mailer.fakes import FaultPoint
from mailer.oauth import DEVICE_GRANT, Tokens
from mailer.oauth_door import Issuers
from sequences.leases import hold_lease
from sequences.mailboxes.consents import accept_consent, await_device, begin_device, find_provider
from sequences.mailboxes.health import check_mailbox
from sequences.mailboxes.keys import find_login, renew_login
from sequences.models import Incident
from sequences.reading.intake import poll_mailbox
from tests.conftest import MONDAY
from tests.servers.issuer import Issuer, running_issuer
from tests.stories.world import MIA, World


@pytest.fixture(scope="module")
def server() -> Iterator[Issuer]:
    with running_issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(server: Issuer, request: pytest.FixtureRequest) -> Issuer:
    server.__dict__.update(
        faults={}, rotates=True, expires_in=3600, devices={}, asked=[], active={}, refreshable={}, on_refresh=None
    )
    name = "world" if "world" in request.fixturenames else "small"
    world: World = request.getfixturevalue(name)
    world.engine.issuers = Issuers({"house": server.provider()}, timeout_s=5)
    world.server.introspect = server.active.get
    return server


def mailbox_of(world: World) -> Mailbox:
    with world.database.reading() as tx:
        return get_mailbox(tx, MIA)


def consent_of(world: World) -> Consent:
    with world.database.reading() as tx:
        consent = find_consent(tx, world.mailbox_id)
    assert consent is not None
    return consent


def open_incidents(world: World) -> list[str]:
    with world.database.reading() as tx:
        return list(tx.session.scalars(select(Incident.sentence).where(Incident.closed_at.is_(None))))


def give_consent(world: World, issuer: Issuer) -> None:
    access, refresh = issuer.grant(MIA)
    tokens = Tokens(access=access, refresh=refresh, expires_at=world.clock.now() + timedelta(hours=1))
    accept_consent(world.engine, world.mailbox_id, "house", tokens, actor="user:1")


def test_a_mailbox_with_consent_sends_and_reads(world: World, issuer: Issuer) -> None:
    give_consent(world, issuer)
    world.enrol(world.people(1), world.load())
    assert world.tick().sent == 1
    assert issuer.requests("refresh_token") == []
    world.clock.advance(timedelta(minutes=56))  # four minutes are left
    assert not poll_mailbox(world.engine, world.mailbox_id).error
    assert len(issuer.requests("refresh_token")) == 1
    consent = consent_of(world)
    assert consent.refreshed_at == world.clock.now()
    assert issuer.active[open_token(world.seal, world.mailbox_id, consent.access_token)] == MIA


def test_tokens_lie_sealed_and_bound_to_their_mailbox(small: World, issuer: Issuer) -> None:
    give_consent(small, issuer)
    consent, (access, refresh) = consent_of(small), (next(iter(issuer.active)), next(iter(issuer.refreshable)))
    stored = f"{consent.access_token} {consent.refresh_token} {consent!r} {vars(consent)}"
    assert access not in stored
    assert refresh not in stored
    assert open_token(small.seal, small.mailbox_id, consent.refresh_token) == refresh
    with pytest.raises(Exception, match="cannot be opened"):
        open_token(small.seal, small.mailbox_id + 1, consent.refresh_token)


def test_many_workers_renew_once(world: World, issuer: Issuer) -> None:
    give_consent(world, issuer)
    world.clock.advance(timedelta(hours=2))
    workers = 4
    found: list[str] = []
    asking = threading.Semaphore(0)

    def hold() -> None:
        for _ in range(workers):
            asking.acquire(timeout=20)

    issuer.on_refresh = hold
    mailbox = mailbox_of(world)

    def work() -> None:
        asking.release()
        found.append(find_login(world.engine, mailbox).secret)

    # A story's clock jumps instead of waiting; who waits for the lease must give way here.
    world.engine.clock = Yielding(MONDAY + timedelta(hours=2))
    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == workers
    assert len(set(found)) == 1
    assert len(issuer.requests("refresh_token")) == 1


class Yielding(FixedClock):
    """Stands still; lets other threads go on while somebody sleeps."""

    def sleep(self, seconds: float) -> None:
        threading.Event().wait(0.2)


def test_a_lost_consent_pauses_with_a_sentence_and_an_incident(world: World, issuer: Issuer) -> None:
    give_consent(world, issuer)
    issuer.refreshable.clear()
    world.clock.advance(timedelta(hours=2))
    world.enrol(world.people(1), world.load())
    assert world.tick().sent == 0
    mailbox = mailbox_of(world)
    assert mailbox.pause_reason == (
        f"Consent was withdrawn or has expired (The house): run rapport mailboxes authorise {MIA}"
    )
    assert any("authorise" in sentence for sentence in open_incidents(world))
    asked = len(issuer.asked)
    assert "authorise" in poll_mailbox(world.engine, mailbox.id).error
    assert len(issuer.asked) == asked  # the issuer is not asked again for what it took away
    give_consent(world, issuer)
    assert mailbox_of(world).paused_at is None
    assert open_incidents(world) == []
    world.clock.advance(timedelta(minutes=10))
    assert world.tick().sent == 1


def test_who_was_paused_by_hand_stays_paused(small: World, issuer: Issuer) -> None:
    with small.database.transaction() as tx:
        pause_mailbox(tx, small.mailbox_id, "Paused by hand.")
    give_consent(small, issuer)
    assert mailbox_of(small).pause_reason == "Paused by hand."


@pytest.mark.parametrize(("status", "body"), [(500, "{}"), (200, "{broken")])
def test_an_issuer_in_trouble_pauses_nobody(small: World, issuer: Issuer, status: int, body: str) -> None:
    give_consent(small, issuer)
    small.clock.advance(timedelta(hours=2))
    small.enrol(small.people(1), small.load())
    for _ in range(9):
        issuer.fail("/token", status, body)
    counts = small.tick()
    assert (counts.sent, mailbox_of(small).paused_at, open_incidents(small)) == (0, None, [])
    assert "The house" in small.send().reason
    issuer.faults.clear()
    small.clock.advance(timedelta(minutes=10))
    assert small.tick().sent == 1


def test_a_token_in_its_last_minutes_bridges_an_issuer_in_trouble(small: World, issuer: Issuer) -> None:
    give_consent(small, issuer)
    token = find_login(small.engine, mailbox_of(small)).secret
    small.clock.advance(timedelta(minutes=57))
    issuer.fail("/token", 503)
    assert find_login(small.engine, mailbox_of(small)).secret == token
    with hold_lease(small.database, f"token:{small.mailbox_id}", 600):
        assert find_login(small.engine, mailbox_of(small)).secret == token
    assert len(issuer.requests("refresh_token")) == 1
    small.clock.advance(timedelta(minutes=2, seconds=31))
    issuer.fail("/token", 503)
    with pytest.raises(IssuerError):
        find_login(small.engine, mailbox_of(small))
    assert find_login(small.engine, mailbox_of(small)).secret != token


def test_nobody_at_the_issuer_pauses_nobody(small: World, issuer: Issuer) -> None:
    give_consent(small, issuer)
    small.clock.advance(timedelta(hours=2))
    small.engine.issuers = Issuers()
    assert "RAPPORT_OAUTH_HOUSE_ID" in poll_mailbox(small.engine, small.mailbox_id).error
    assert mailbox_of(small).paused_at is None


def test_a_wrong_client_is_ours_to_mend(small: World, issuer: Issuer) -> None:
    give_consent(small, issuer)
    small.clock.advance(timedelta(hours=2))
    small.engine.issuers = Issuers({"house": issuer.provider(client_secret="wrong")})
    poll_mailbox(small.engine, small.mailbox_id)
    assert "RAPPORT_OAUTH_HOUSE_ID" in mailbox_of(small).pause_reason
    assert consent_of(small).ended_at is None


def test_a_token_refused_before_its_time_is_renewed_once(world: World, issuer: Issuer) -> None:
    give_consent(world, issuer)
    issuer.active.clear()  # revoked at the mail server, while we think it good
    assert not poll_mailbox(world.engine, world.mailbox_id).error
    assert len(issuer.requests("refresh_token")) == 1


def test_a_second_refusal_stands(small: World, issuer: Issuer) -> None:
    give_consent(small, issuer)
    small.server.introspect = lambda _token: None
    assert "refused" in poll_mailbox(small.engine, small.mailbox_id).error
    assert len(issuer.requests("refresh_token")) == 1
    assert mailbox_of(small).paused_at is not None
    assert open_incidents(small) != []


def test_a_refused_password_is_not_tried_twice(small: World, issuer: Issuer) -> None:
    small.server.fail(FaultPoint.IMAP_LOGIN, code=535, times=None)
    poll_mailbox(small.engine, small.mailbox_id)
    assert issuer.asked == []
    login = find_login(small.engine, mailbox_of(small))
    assert (login.mechanism, login.secret) == ("password", "password")
    assert renew_login(small.engine, mailbox_of(small), login) is None


def test_a_consent_given_meanwhile_counts(world: World, issuer: Issuer) -> None:
    give_consent(world, issuer)
    world.clock.advance(timedelta(hours=2))
    issuer.on_refresh = lambda: (setattr(issuer, "on_refresh", None), give_consent(world, issuer))
    login = find_login(world.engine, mailbox_of(world))
    assert login.secret == open_token(world.seal, world.mailbox_id, consent_of(world).access_token)
    assert consent_of(world).refreshed_at is None


def test_a_loss_told_late_does_not_end_a_newer_consent(small: World, issuer: Issuer) -> None:
    give_consent(small, issuer)
    small.clock.advance(timedelta(hours=2))

    def change_mind() -> None:
        issuer.on_refresh = None
        issuer.refreshable.clear()
        give_consent(small, issuer)

    issuer.on_refresh = change_mind
    assert issuer.active[find_login(small.engine, mailbox_of(small)).secret] == MIA
    assert consent_of(small).ended_at is None
    assert mailbox_of(small).paused_at is None


def test_a_lease_held_elsewhere_is_waited_for_and_then_left(small: World, issuer: Issuer) -> None:
    give_consent(small, issuer)
    small.clock.advance(timedelta(hours=2))
    with (
        hold_lease(small.database, f"token:{small.mailbox_id}", 600),
        pytest.raises(IssuerError, match="Somebody else"),
    ):
        find_login(small.engine, mailbox_of(small))
    assert issuer.requests("refresh_token") == []


def test_before_any_consent_a_sentence_says_what_to_do(small: World, issuer: Issuer) -> None:
    with small.database.transaction() as tx:
        mailbox = small.add_mailbox(tx, "tom@pastel.test")
        mailbox.auth, mailbox.secret = "xoauth2", small.seal.seal("", about="mailbox:tom@pastel.test")
    with pytest.raises(ConsentError, match=r"authorise tom@pastel\.test"):
        find_login(small.engine, mailbox)
    with small.database.transaction() as tx:
        mailbox = get_mailbox(tx, "tom@pastel.test")
        mailbox.secret = small.seal.seal("a token of old", about="mailbox:tom@pastel.test")
    assert find_login(small.engine, mailbox).secret == "a token of old"


def test_the_device_dance_at_the_issuer_s_pace(small: World, issuer: Issuer) -> None:
    provider = find_provider(small.engine, mailbox_of(small))
    code = begin_device(small.engine, provider)
    issuer.answer_device("slow_down")
    small.engine.clock = clock = Dancing(MONDAY, issuer)
    tokens = await_device(small.engine, provider, code)
    assert issuer.active[tokens.access] == MIA
    # 5 s, told to slow down; 10 s twice, the second without an answer; then 20 s.
    assert clock.now() - MONDAY == timedelta(seconds=5 + 10 + 10 + 20 + 20)


class Dancing(FixedClock):
    """While it sleeps, the issuer fails once, and after a minute the person agrees."""

    def __init__(self, at: datetime, issuer: Issuer) -> None:
        super().__init__(at)
        self._issuer = issuer

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if len(self._issuer.requests(DEVICE_GRANT)) == 2:
            self._issuer.fail("/token", 503)
        if self.now() - MONDAY > timedelta(minutes=1):
            self._issuer.answer_device("approved", MIA)


def test_a_code_nobody_types_in_ends(small: World, issuer: Issuer) -> None:
    provider = find_provider(small.engine, mailbox_of(small))
    with pytest.raises(RefusedError, match="in time"):
        await_device(small.engine, provider, begin_device(small.engine, provider))
    code = begin_device(small.engine, provider)
    issuer.answer_device("access_denied")
    with pytest.raises(RefusedError, match="refused"):
        await_device(small.engine, provider, code)


def test_a_request_is_for_one_person_one_use_and_ten_minutes(world: World, issuer: Issuer) -> None:
    with world.database.transaction() as tx:
        user = add_user(tx, "boss@pastel.test", role="admin", name="Boss")
        tx.session.flush()
        mailbox = get_mailbox(tx, MIA)
        (state, verifier), (late, _) = (
            open_request(tx, mailbox, "house", user_id=user.id, seal=world.seal) for _ in range(2)
        )
        for wrong in (state[:-1], "", state + "x"):
            with pytest.raises(RefusedError):
                check_request(tx, wrong, user_id=user.id, seal=world.seal)
        with pytest.raises(RefusedError):
            use_request(tx, state, user_id=user.id + 1, seal=world.seal)
        assert use_request(tx, state, user_id=user.id, seal=world.seal)[1] == verifier
        with pytest.raises(RefusedError):
            use_request(tx, state, user_id=user.id, seal=world.seal)
    world.clock.advance(timedelta(minutes=10))
    with world.database.transaction() as tx, pytest.raises(RefusedError):
        use_request(tx, late, user_id=user.id, seal=world.seal)


def test_check_tells_about_consent_and_about_passwords_at_microsoft(small: World, issuer: Issuer) -> None:
    def findings() -> dict[str, tuple[str, str]]:
        checks = check_mailbox(small.engine, mailbox_of(small), dns=False)["checks"]
        return {check["name"]: (check["state"], check["sentence"]) for check in checks}

    assert set(findings()) == {"smtp", "imap", "folders"}
    with small.database.transaction() as tx:
        get_mailbox(tx, MIA).smtp_url = "smtp://smtp.office365.com:587"
    assert "December 2026" in findings()["sign_in"][1]
    give_consent(small, issuer)
    assert findings()["consent"] == ("ok", "Consent by The house since 2026-11-23; the token ends at 10:00 UTC.")
    issuer.refreshable.clear()
    small.clock.advance(timedelta(hours=2))
    assert findings()["consent"] == ("bad", "Consent by The house since 2026-11-23 ended on 2026-11-23.")
