"""Pure: the rows of the memory, one file per noun; constraints first, no behaviour, no lazy relations."""

from crm.models.best import ContactBest
from crm.models.change import Change
from crm.models.consent import Consent, ConsentRequest
from crm.models.contact import Contact, ContactAddress, ContactTag, Import
from crm.models.dkim import DkimKey
from crm.models.erasure import Disclosure, ErasedMark
from crm.models.feedback import Feedback, FeedbackLink, Theme, ThemeMove
from crm.models.field import ContactField
from crm.models.handle import Handle, HandleName, HandlePost, HandleRate, HandleSnapshot
from crm.models.job import Job, JobFile
from crm.models.kept import KeptFigures
from crm.models.link import ContactLink
from crm.models.mailbox import Mailbox, MailboxCheck, MailFolder, Quarantined
from crm.models.proposal import Proposal, ReplyCorrection
from crm.models.relationship import Brand, Product, Relationship, Stage
from crm.models.saved_view import SavedView
from crm.models.suppression import Suppression
from crm.models.text import SavedText, TextUse
from crm.models.thread import Message, MessageBody, MessageId, Thread
from crm.models.timeline import Task, TimelineEntry
from crm.models.token import ApiToken
from crm.models.twin import ContactKey, ContactMerge, ContactPair
from crm.models.upkeep import Leave, Promise, Pulse
from crm.models.user import OneTimeLink, Session, User, WorkspaceSetting

__all__ = [
    "ApiToken",
    "Brand",
    "Change",
    "Consent",
    "ConsentRequest",
    "Contact",
    "ContactAddress",
    "ContactBest",
    "ContactField",
    "ContactKey",
    "ContactLink",
    "ContactMerge",
    "ContactPair",
    "ContactTag",
    "Disclosure",
    "DkimKey",
    "ErasedMark",
    "Feedback",
    "FeedbackLink",
    "Handle",
    "HandleName",
    "HandlePost",
    "HandleRate",
    "HandleSnapshot",
    "Import",
    "Job",
    "JobFile",
    "KeptFigures",
    "Leave",
    "MailFolder",
    "Mailbox",
    "MailboxCheck",
    "Message",
    "MessageBody",
    "MessageId",
    "OneTimeLink",
    "Product",
    "Promise",
    "Proposal",
    "Pulse",
    "Quarantined",
    "Relationship",
    "ReplyCorrection",
    "SavedText",
    "SavedView",
    "Session",
    "Stage",
    "Suppression",
    "Task",
    "TextUse",
    "Theme",
    "ThemeMove",
    "Thread",
    "TimelineEntry",
    "User",
    "WorkspaceSetting",
]
