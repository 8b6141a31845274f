"""A private Dovecot: IMAP with and without implicit TLS, LMTP, and an authentication socket for Postfix."""

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from tests.servers.certificate import Certificate
from tests.servers.process import answers, end_process, find_program, free_port, need_root, start_process, wait_until

_CONFIG = """
base_dir = {run}
state_dir = {run}
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login{mechanisms}
auth_failure_delay = 0
mail_location = mdbox:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
default_internal_user = dovecot
default_login_user = dovenull
{tokens}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
  default_fields = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
  mailbox Junk {{
    special_use = \\Junk
    auto = subscribe
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener sasl {{
    address = 127.0.0.1
    port = {sasl}
  }}
}}
protocol lmtp {{
  postmaster_address = postmaster@dovecot.test
}}
"""

_TOKENS = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""
_INTROSPECTION = """
introspection_mode = post
introspection_url = {url}
username_attribute = email
username_format = %u
active_attribute = active
active_value = true
"""


@dataclass(frozen=True)
class Dovecot:
    """A running Dovecot; all ports on 127.0.0.1."""

    imap_port: int
    imaps_port: int
    lmtp_port: int
    sasl_port: int
    users: Mapping[str, str]
    certificate: Certificate
    process: "Popen[bytes]"

    def stop(self) -> None:
        end_process(self.process)


def start_dovecot(
    folder: Path,
    users: Mapping[str, str],
    certificate: Certificate,
    *,
    introspection_url: str = "",
    mechanisms: str = " xoauth2 oauthbearer",
) -> Dovecot:
    """Start it for `users` (address to password); tokens let in where there is somebody to ask about them."""
    program = find_program("dovecot")
    need_root("Dovecot gives up its rights step by step")
    owner = pwd.getpwnam("nobody")
    for name in ("mail", "run"):
        (folder / name).mkdir()
    folder.chmod(0o755)
    os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    (folder / "users").write_text("".join(f"{user}:{{PLAIN}}{password}::::::\n" for user, password in users.items()))
    (folder / "users").chmod(0o644)
    ports = {name: free_port() for name in ("imap", "imaps", "lmtp", "sasl")}
    config, tokens = folder / "dovecot.conf", ""
    if introspection_url:
        tokens = _TOKENS.format(folder=folder)
        (folder / "oauth2.conf").write_text(_INTROSPECTION.format(url=introspection_url))
    config.write_text(
        _CONFIG.format(
            folder=folder,
            tokens=tokens,
            mechanisms=mechanisms if introspection_url else "",
            run=folder / "run",
            cert=certificate.path,
            key=certificate.key_path,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            **ports,
        )
    )
    process = start_process([program, "-F", "-c", str(config)], folder / "start.log")
    wait_until(lambda: all(answers(port) for port in ports.values()), process, folder / "dovecot.log")
    return Dovecot(
        imap_port=ports["imap"],
        imaps_port=ports["imaps"],
        lmtp_port=ports["lmtp"],
        sasl_port=ports["sasl"],
        users=users,
        certificate=certificate,
        process=process,
    )
