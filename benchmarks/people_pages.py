"""More addresses of the pages that filter and sort people than the tests have: each filter, each order, segments."""

_FILTERS = (
    "q=imani", "q=imani+oduya", "q=zzz", "topic=bread", "platform=youtube", "size=20k..500k", "views=10k..", "er=3..",
    "rate=..500", "posted=..14", "fit=60..", "country=DK,KE", "language=en", "tag=video", "stage=Talking", "turn=you",
    "turn=them", "turn=rest", "reach=email", "reach=dm", "owner=me", "owner=none", "upkeep=due", "upkeep=quiet",
    "contacted=..30", "contacted=90..", "contacted=never", "sequence=1", "basis=none", "field.pans=5..20",
    "field.hob=induction", "field.fee=..1000+EUR", "field.vegan=yes", "field.habits=fridays", "field.pans=none",
    "view=1", "view=2", "page=1000",
    "where=tag:video+and+stage:Talking", "where=tag:video+or+stage:Talking", "where=not+tag:video",
    "where=(country:DK+or+country:KE)+and+size:20k..+and+not+contacted:never",
    "where=platform:youtube+and+size:50k..+and+field.hob:gas&sort=-size",
)  # fmt: skip
_ORDERS = ("-name", "size", "-size", "-views", "-er", "rate", "-posted", "fit", "-fit", "-added", "added")
_BOARDS = (
    "q=imani", "q=imani&sort=-fit", "sort=-fit", "sort=-size", "size=20k..500k", "tag=video", "stage=Talking",
    "owner=me", "upkeep=due", "turn=you", "country=DK", "field.hob=induction", "fit=60..", "lane=2",
    "where=tag:video+or+stage:Talking", "where=(country:DK+or+country:KE)+and+size:20k..+and+not+contacted:never",
)  # fmt: skip
PEOPLE_PAGES = (
    *(f"/contacts?{words}" for words in _FILTERS),
    *(f"/contacts?sort={order}" for order in _ORDERS),
    *(f"/contacts?q=imani&sort={order}" for order in _ORDERS),
    *(f"/pipeline?{words}" for words in _BOARDS),
    "/contacts/selection?all=1&query=tag%3Dvideo&act=tag&value=x",
    "/contacts/selection?all=1&query=sort%3D-fit&act=suppress",
)
