"""Pure: the rows of the memory, one file per noun; constraints first, no behaviour, no lazy relations."""

from crm.models.contact import Contact, ContactAddress, ContactTag, Import
from crm.models.feedback import Feedback
from crm.models.handle import Handle, HandleSnapshot
from crm.models.mailbox import Mailbox, MailFolder, Quarantined
from crm.models.proposal import Proposal, ReplyCorrection
from crm.models.relationship import Brand, Product, Relationship, Stage
from crm.models.suppression import Suppression
from crm.models.thread import Message, MessageBody, MessageId, Thread
from crm.models.timeline import Task, TimelineEntry
from crm.models.user import OneTimeLink, Session, User, WorkspaceSetting

__all__ = [
    "Brand",
    "Contact",
    "ContactAddress",
    "ContactTag",
    "Feedback",
    "Handle",
    "HandleSnapshot",
    "Import",
    "MailFolder",
    "Mailbox",
    "Message",
    "MessageBody",
    "MessageId",
    "OneTimeLink",
    "Product",
    "Proposal",
    "Quarantined",
    "Relationship",
    "ReplyCorrection",
    "Session",
    "Stage",
    "Suppression",
    "Task",
    "Thread",
    "TimelineEntry",
    "User",
    "WorkspaceSetting",
]
