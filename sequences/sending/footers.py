"""Pure: what stands under a mail that several people get: who writes, from where, and the way out."""

from crm.models import Brand, Mailbox
from sequences.pitches.pitch import Footer
from sequences.pitches.texts import OPT_OUT_SENTENCE
from sequences.sending.links import Links


def brand_footer(brand: Brand, mailbox: Mailbox, email: str, links: Links) -> Footer:
    """Return the foot of a brand's mail to one address."""
    has_postal = brand.requires_postal and brand.postal_address
    address = f"{brand.name}, {brand.postal_address}" if has_postal else brand.name
    url = links.opt_out_url(email, smtp_url=mailbox.smtp_url, mailbox=mailbox.address)
    return Footer(postal_address=address, opt_out_sentence=OPT_OUT_SENTENCE, opt_out_url=url, signature=brand.signature)
