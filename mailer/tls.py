"""Wire: the trust in a server's certificate: the machine's store, or the file named by SSL_CERT_FILE."""

import ssl


def make_tls_context() -> ssl.SSLContext:
    """Return a context that checks names and certificates and speaks TLS 1.2 or newer.

    OpenSSL itself reads SSL_CERT_FILE and SSL_CERT_DIR in place of the machine's store.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
