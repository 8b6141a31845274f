"""Wire: pages leave packed (RFC 9110, section 8.4), unless another site had them asked for."""

from flask import Flask, Response, request
from flask_compress import Compress

from web.forgery import OURS


def attach_packing(app: Flask) -> None:
    """Pack the pages of `app`, their parts and the API; files and the stream of news leave as they are.

    Who sees only how long packed answers are learns what stands in them, if his site can have a page of ours asked for
    again and again with guesses in its address (BREACH, Gluck, Harris and Prado 2013). So what another site has asked
    for is not packed; against guesses that come by mail, `web.forgery` masks what a page must keep to itself.
    """
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_STREAMS=False,
        COMPRESS_MIMETYPES=["text/html", "application/json"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,
    )
    compress = Compress(app)

    @app.after_request
    def pack(response: Response) -> Response:
        return compress.after_request(response) if request.headers.get("Sec-Fetch-Site", "none") in OURS else response
