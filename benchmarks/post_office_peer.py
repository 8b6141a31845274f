"""django-post_office sends mails from its SQLite queue; run by send_peers.py inside a venv that holds it.

Text and HTML are templates, rendered when sent, as Rapport does; everything else is the product's default, except
that SQLite gets the write-ahead log and full synchronisation that Rapport uses.
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

FOLDER, PORT, COUNT = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
TEXT = (
    "Hello {{ name }},\n\n" + "your film about {{ topic }} made us laugh, and we would like to talk about one.\n" * 12
)
HTML = "<p>Hello <b>{{ name }}</b>,</p>" + "<p>your film about {{ topic }} made us laugh; shall we talk?</p>\n" * 18

settings.configure(
    INSTALLED_APPS=["post_office"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": FOLDER / "queue.sqlite3",
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
        }
    },
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    EMAIL_BACKEND="post_office.EmailBackend",
    POST_OFFICE={"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}},
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=PORT,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)


def main() -> None:
    """Fill the queue, then time the product's own command."""
    django.setup()
    call_command("migrate", verbosity=0)
    pitch = apps.get_model("post_office", "EmailTemplate").objects.create(
        name="pitch", subject="A film about {{ topic }}", content=TEXT, html_content=HTML
    )
    began = time.perf_counter()
    import_module("post_office.mail").send_many(  # its models want a set-up Django
        [
            {
                "recipients": [f"p{number}@creator.test"],
                "sender": "anna@brand.test",
                "template": pitch,
                "context": {"name": f"Person {number}", "topic": f"bread number {number}"},
                "render_on_delivery": True,
            }
            for number in range(COUNT)
        ]
    )
    queued_s = time.perf_counter() - began
    began, cpu = time.perf_counter(), time.process_time()
    call_command("send_queued_mail", lockfile=str(FOLDER / "lock"), log_level=0)
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    sent = apps.get_model("post_office", "Email").objects.filter(status=0).count()
    print(json.dumps({"mails": sent, "seconds": seconds, "cpu_s": cpu_s, "queued_s": queued_s}))


if __name__ == "__main__":
    main()
