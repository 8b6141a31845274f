"""A private Postfix: submission with STARTTLS, passwords checked by Dovecot, delivery to Dovecot by LMTP."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from tests.servers.dovecot import Dovecot
from tests.servers.process import (
    answers,
    cannot_run,
    end_process,
    find_program,
    free_port,
    need_root,
    start_process,
    wait_until,
)

_MAIN = """
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.postfix.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
relayhost =
default_transport = error:5.1.2 no mail leaves this machine
relay_transport = error:5.1.2 no mail leaves this machine
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = inline:{{ {people} }}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
local_recipient_maps =
alias_maps =
alias_database =
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_sasl_authenticated, reject
smtpd_delay_reject = no
smtpd_reject_unlisted_recipient = yes
smtpd_banner = $myhostname ESMTP
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
smtp_dns_support_level = disabled
smtputf8_enable = yes
maillog_file = {folder}/postfix.log
maillog_file_prefixes = /
"""

_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running Postfix: submission with STARTTLS on 127.0.0.1."""

    port: int
    log: Path
    process: "Popen[bytes]"

    def stop(self) -> None:
        end_process(self.process)


def start_postfix(folder: Path, dovecot: Dovecot) -> Postfix:
    """Start it for the users of `dovecot`; unknown people in their domains are refused with 550."""
    find_program("postfix")
    need_root("Postfix runs its parts under other names")
    places = (Path("/usr/lib/postfix/sbin"), Path("/usr/libexec/postfix"))
    daemons = next((path for path in places if (path / "master").exists()), None)
    if daemons is None:
        cannot_run("Postfix's daemons are not where they usually are")
    owner = pwd.getpwnam("postfix")
    folder.chmod(0o755)
    queue, data, config = folder / "queue", folder / "data", folder / "conf"
    for path in (queue, data, config):
        path.mkdir()
    os.chown(data, owner.pw_uid, owner.pw_gid)
    _make_queue(queue, owner.pw_uid)
    port = free_port()
    (config / "master.cf").write_text(_MASTER.format(port=port))
    (config / "main.cf").write_text(
        _MAIN.format(
            folder=folder,
            queue=queue,
            data=data,
            daemons=daemons,
            domains=" ".join(sorted({user.partition("@")[2] for user in dovecot.users})),
            people=", ".join(f"{{ {user} = x }}" for user in dovecot.users),
            lmtp=dovecot.lmtp_port,
            sasl=dovecot.sasl_port,
            cert=dovecot.certificate.path,
            key=dovecot.certificate.key_path,
        )
    )
    log = folder / "postfix.log"
    process = start_process([str(daemons / "master"), "-c", str(config), "-d"], folder / "start.log")
    wait_until(lambda: answers(port), process, log)
    return Postfix(port=port, log=log, process=process)


def _make_queue(queue: Path, owner: int) -> None:
    """Create what `postfix check` would, without touching the system's own instance."""
    for name in (
        "active",
        "bounce",
        "corrupt",
        "defer",
        "deferred",
        "flush",
        "hold",
        "incoming",
        "private",
        "saved",
        "trace",
    ):
        (queue / name).mkdir(mode=0o700)
        os.chown(queue / name, owner, -1)
    for name in ("public", "maildrop"):
        (queue / name).mkdir(mode=0o730)
        os.chown(queue / name, owner, -1)
    (queue / "pid").mkdir(mode=0o755)
