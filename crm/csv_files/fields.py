"""Pure: the fields that a column can map to, and the names that columns of the world use for them.

Names are English, German, French, Spanish, with some Italian, Portuguese and Dutch; compared folded (see `fold`).
"""

import re
import unicodedata
from functools import cache

from crm.csv_files.platforms import PLATFORM_WORDS

IGNORE = "ignore"
# Before the key of an own field of the team's.
OWN = "own:"

FIELDS: dict[str, str] = {
    "email": "Email address, or several separated by commas, semicolons or spaces",
    "name": "Full name as written in a greeting or a list",
    "first_name": "First name",
    "last_name": "Last name",
    "pronouns": "Pronouns",
    "handle": "User name on a platform, or the address of a profile",
    "url": "Address of a profile or website; several may stand in one cell",
    "platform": "Platform of the row's handle, such as Instagram",
    "followers": "Followers or subscribers",
    "posts": "Posts published so far",
    "avg_views": "Average views of a post",
    "avg_likes": "Average likes of a post",
    "avg_comments": "Average comments of a post",
    "engagement_rate": "Engagement rate; kept as a fraction, 1.39% is 0.0139",
    "score": "Score given by the source of the file",
    "topic": "Topic or niche",
    "country": "Country, by name or code",
    "city": "City",
    "language": "Language, by name or code",
    "zone": "Time zone, such as Europe/Berlin",
    "price": "Price of a post, with or without its currency",
    "currency": "Currency of the price",
    "last_post_on": "Day of the last post",
    "read_on": "Day when the figures of the row were read",
    "tags": "Tags separated by commas, semicolons or bars",
    "notes": "Notes; several columns are joined",
    IGNORE: "Not read",
}

# Fields that several columns may fill; every other field takes one column (for metrics: one per platform).
REPEATABLE = frozenset({"email", "handle", "url", "tags", "notes", IGNORE})
METRICS = frozenset(
    {
        "followers",
        "posts",
        "avg_views",
        "avg_likes",
        "avg_comments",
        "engagement_rate",
        "score",
        "price",
        "last_post_on",
        "read_on",
    }
)

# Best names first: when two columns claim a field, the name that stands earlier in its list wins.
_NAMES: dict[str, str] = {
    "email": "email, e mail, emails, email address, email addresses, mail, mail address, e mail adresse, emailadresse, "
    "mailadresse, business email, contact email, work email, primary email, public email, email 1, email 2, email 3, "
    "second email, secondary email, other email, manager email, email id, courriel, adresse mail, adresse email, "
    "adresse e mail, correo, correo electronico, correo e, direccion de correo, indirizzo email, e mailadres",
    "name": "name, full name, display name, creator name, influencer name, contact name, creator, influencer, "
    "creator influencer, person, contact person, vollstandiger name, ganzer name, anzeigename, ansprechpartner, "
    "kontakt, nom complet, nom et prenom, nom affiche, createur, influenceur, nombre completo, nombre y apellidos, "
    "creador, influenciador, nome completo, naam, volledige naam, contact, artist, artist name, title",
    "first_name": "first name, firstname, given name, forename, fname, first, vorname, rufname, prenom, nombre, "
    "primer nombre, nombre de pila, nome, voornaam",
    "last_name": "last name, lastname, surname, family name, lname, last, nachname, familienname, zuname, nom, "
    "nom de famille, apellido, apellidos, cognome, sobrenome, achternaam",
    "pronouns": "pronouns, pronoun, pronomen, pronoms, pronombres",
    "handle": "handle, username, user name, user, handles, account, account name, account handle, profile name, "
    "channel info, channel name, channel, social handle, nickname, nick, screen name, login, at, "
    "benutzername, nutzername, konto, kontoname, kanal, kanalname, profilname, profil, identifiant, pseudo, "
    "nom d utilisateur, compte, nom du compte, chaine, usuario, nombre de usuario, cuenta, canal, nome utente, "
    "utente, nome de usuario, gebruikersnaam, profile, social, social media, youtuber, channel id",
    "url": "url, profile url, profile link, link, channel url, channel link, account url, account link, urls, links, "
    "social link, website, web site, site, webseite, homepage, blog, blog url, profil url, profillink, kanal url, "
    "kanallink, lien, lien du profil, lien profil, site web, enlace, enlace del perfil, perfil, sitio web, web, "
    "pagina web, bio link, uri, permalink",
    "platform": "platform, network, social network, platforms, source network, plattform, netzwerk, soziales netzwerk, "
    "plateforme, reseau, reseau social, plataforma, red, red social, piattaforma, rede social, channel type, medium",
    "followers": "followers, follower, follower count, followers count, number of followers, num followers, "
    "total followers, subs, subscribers, subscriber, subscriber count, subscribers count, fans, audience, "
    "audience size, reach, abonnenten, abonnentenzahl, anzahl follower, followerzahl, follower anzahl, "
    "anzahl abonnenten, reichweite, abonnes, nombre d abonnes, abonnements, seguidores, suscriptores, "
    "numero de seguidores, iscritti, seguaci, inscritos, volgers, edge followed by",
    "posts": "posts, post count, posts count, number of posts, total posts, media count, uploads, videos, video count, "
    "beitrage, anzahl beitrage, publications, nombre de publications, publicaciones, numero de publicaciones",
    "avg_views": "avg views, average views, mean views, median views, views per post, views per video, "
    "avg video views, views avg, avg reel views, average video views, views, avg plays, average plays, video views, "
    "durchschnittliche aufrufe, aufrufe, o aufrufe, aufrufe pro video, durchschnittliche views, vues moyennes, "
    "moyenne de vues, vues, vues par video, visualizaciones, visitas, vistas, promedio de vistas, "
    "visualizaciones medias, media de visualizaciones",
    "avg_likes": "avg likes, average likes, mean likes, median likes, likes per post, likes avg, avg like, likes, "
    "new post avg like, new post avg likes, recent avg likes, durchschnittliche likes, gefallt mir, o likes, "
    "likes moyens, j aime, mentions j aime, moyenne de likes, me gusta, promedio de me gusta, likes promedio",
    "avg_comments": "avg comments, average comments, mean comments, median comments, comments per post, comments avg, "
    "avg comment, comments, durchschnittliche kommentare, kommentare, o kommentare, commentaires moyens, "
    "commentaires, comentarios, promedio de comentarios, comentarios medios",
    "engagement_rate": "engagement rate, er, eng rate, engagement, avg engagement rate, average engagement rate, "
    "engagement pct, engagement percent, er pct, 60d eng rate, 60 day eng rate, 30d eng rate, 90d eng rate, avg er, "
    "engagementrate, interaktionsrate, interaktion, beteiligung, taux d engagement, taux engagement, "
    "tasa de interaccion, tasa de engagement, tasa de compromiso, interaccion, tasso di coinvolgimento, "
    "taxa de engajamento",
    "score": "score, influence score, creator score, quality score, fit score, rating, channel score, punkte, "
    "punktzahl, bewertung, note globale, puntuacion, puntaje",
    "topic": "topic, topics, niche, category, categories, vertical, genre, theme, content type, content category, "
    "main topic, topic of influence, thema, themen, kategorie, nische, themengebiet, sujet, thematique, categorie, "
    "niche principale, tema, temas, categoria, nicho",
    "country": "country, country code, audience country, nation, location country, region, land, herkunftsland, "
    "staat, landercode, pays, code pays, pais, codigo de pais, paese, location, market",
    "city": "city, town, stadt, ort, wohnort, ville, ciudad, citta, cidade, stad",
    "language": "language, lang, languages, language code, content language, locale, sprache, sprachen, langue, "
    "langues, idioma, idiomas, lengua, lingua, taal",
    "zone": "time zone, timezone, zone, tz, zeitzone, fuseau horaire, fuseau, zona horaria, huso horario, fuso orario",
    "price": "price, price per post, cost per post, cost, rate, fee, post price, price per video, rate card, "
    "sponsored post price, budget, preis, preis pro post, kosten, honorar, tarif, prix, prix par post, cout, "
    "tarif par post, precio, precio por publicacion, coste, tarifa, prezzo, preco, prijs",
    "currency": "currency, currency code, wahrung, devise, monnaie, moneda, divisa, valuta, moeda",
    "last_post_on": "last post, last post date, last post on, last posted, latest post, latest post date, last video, "
    "last upload, last upload date, last active, most recent post, letzter beitrag, letzter post, letztes video, "
    "zuletzt aktiv, dernier post, derniere publication, date du dernier post, ultima publicacion, "
    "fecha de la ultima publicacion, ultimo post",
    "read_on": "read on, checked on, date checked, last checked, figures date, figures as of, as of, snapshot date, "
    "stats date, data date, measured on, gemessen am, erhoben am, gepruft am, date des chiffres, releve le, "
    "fecha de los datos, medido el",
    "tags": "tags, tag, labels, label, keywords, hashtags, schlagworte, schlagworter, stichworte, mots cles, "
    "etiquettes, etiquetas, palabras clave",
    "notes": "notes, note, comment, remarks, remark, bio, biography, description, about, notiz, notizen, bemerkung, "
    "bemerkungen, anmerkung, anmerkungen, kommentar, beschreibung, remarque, remarques, commentaire, "
    "notas, nota, observaciones, comentario, descripcion",
    IGNORE: "rank, ranking, rang, row, no, nr, id, index, number, position, pos, total likes, likes total, "
    "total views, total comments, total engagement, following, followings, follows, phone, phone number, mobile, "
    "telephone, tel, telefon, telefonnummer, handy, mobil, telefono, movil, whatsapp, age, gender, birthday, "
    "avatar, picture, photo, image, created at, updated at, date added, password, iban",
}

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Brands that the split at capitals (followerCount) tears apart.
_PARTED = {"tik tok": "tiktok", "you tube": "youtube", "linked in": "linkedin"}
_NOT_WORD = re.compile(r"[^\w]+|_+")


@cache
def fold(text: str) -> str:
    """Return a name in its comparable form: lower case, no accents, single spaces, `%` as a word."""
    spaced = _CAMEL.sub(" ", text).replace("%", " pct ").replace("ø", "o").replace("Ø", "o").replace("ß", "ss")
    decomposed = unicodedata.normalize("NFKD", spaced.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = _NOT_WORD.sub(" ", bare).strip()
    for parted, whole in _PARTED.items():
        words = words.replace(parted, whole)
    return words


@cache
def _index() -> dict[str, tuple[str, int]]:
    """Return every known name with its field and its rank in that field."""
    index: dict[str, tuple[str, int]] = {}
    for field, names in _NAMES.items():
        for rank, name in enumerate(names.split(", ")):
            index.setdefault(name, (field, rank))
    return index


def field_of_name(header: str) -> tuple[str, int, str | None] | None:
    """Return the field that a column's name speaks of, its rank among that field's names, and its platform.

    `Instagram Followers` is ("followers", rank, "instagram"); `TikTok` alone is a handle there.
    """
    folded = fold(header)
    index = _index()
    if found := index.get(folded):
        return (*found, None)
    words = folded.split()
    platform = next((PLATFORM_WORDS[word] for word in words if word in PLATFORM_WORDS), None)
    rest = [word for word in words if word not in PLATFORM_WORDS and word != "pct"]
    if platform and not rest:
        return "handle", 0, platform
    if found := index.get(" ".join(rest)):
        return (*found, platform)
    if "pct" in words and rest and rest[0] in {"er", "eng", "engagement"}:
        return "engagement_rate", 0, platform
    return None


def column_percent(header: str) -> bool:
    """Say whether a column's name itself states that its numbers are per cent."""
    return bool({"pct", "percent", "prozent", "pourcentage", "porcentaje"} & set(fold(header).split()))
