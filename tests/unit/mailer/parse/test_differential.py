"""Pure: what the standard library writes is read back as it was written."""

from email.message import EmailMessage
from email.policy import SMTP

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.mailer.parse.builders import read

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf", "Zs"), include_characters=" ")
LINE = st.text(LETTERS, max_size=60).map(str.strip)
WORDS = st.lists(LINE, min_size=1, max_size=6).map("\n".join)
FILES = st.lists(st.tuples(st.text(LETTERS, min_size=1, max_size=30), st.binary(max_size=300)), max_size=3)


@given(
    subject=LINE, text=WORDS, html=st.booleans(), files=FILES, encoding=st.sampled_from(["base64", "quoted-printable"])
)
@settings(deadline=None, max_examples=60)
def test_a_written_message_is_read_back(
    subject: str, text: str, html: bool, files: list[tuple[str, bytes]], encoding: str
) -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Mara Löv <mara@blog.example>"
    message["To"] = "ana@agency.example"
    message["Subject"] = subject
    message.set_content(text + "\n", cte=encoding)
    if html:
        message.add_alternative("<p>rich</p>", subtype="html", cte=encoding)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    for raw in (message.as_bytes(), message.as_bytes().replace(b"\r\n", b"\n")):
        mail = read(raw)
        assert mail.sender is not None
        assert (mail.sender.name, mail.sender.email) == ("Mara Löv", "mara@blog.example")
        assert "".join(mail.subject.split()) == "".join(subject.split())
        assert mail.text.split() == text.split() or not text.strip()
        assert (mail.html is not None) == html
        assert [one.content for one in mail.attachments] == [content for _, content in files]
