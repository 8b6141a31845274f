"""Launchers of real mail servers for contract tests: private folders, loopback, free ports, nothing of the system's.

They skip, with the reason, where a server cannot run; under CI=true they fail instead.
"""

from tests.servers.certificate import Certificate, make_certificate
from tests.servers.dovecot import Dovecot, start_dovecot
from tests.servers.postfix import Postfix, start_postfix
from tests.servers.sink import SmtpSink, start_smtp_sink

__all__ = [
    "Certificate",
    "Dovecot",
    "Postfix",
    "SmtpSink",
    "make_certificate",
    "start_dovecot",
    "start_postfix",
    "start_smtp_sink",
]
