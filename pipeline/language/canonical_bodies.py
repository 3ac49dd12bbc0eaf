"""One identity for a body, however it is written and wherever it is named.

A name is written out, brought into one form and parted into what it is and where it is; what it leaves unsaid
(`Phòng Nội vụ`, `UBND tỉnh`, `Nhà trường`) is taken from who issues the document that names it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.language.administrative_units import (
    DISTRICTS_UNTIL,
    PlaceLevel,
    Unit,
    province_of,
    read_units,
    short_province,
    successor_of,
)
from pipeline.language.body_forms import (
    PARTY,
    body_tables,
    head_of,
    is_known,
    mended,
    name_key,
    placed_name,
    shown_name,
    slug,
    spelling,
)
from pipeline.language.casing import sentence_case

__all__ = ["CanonicalBody", "Surroundings", "canonical_body"]

_LEAD = re.compile(r"^(?:đề nghị|giao|kính đề nghị|yêu cầu|đồng chí|ông|bà)\s+")
_MANY = re.compile(r"(?<!\w)(?:các|những|mọi|toàn thể|từng|mỗi)(?!\w)")
_ORDER: tuple[PlaceLevel, ...] = ("commune", "district", "province")
_BARE_HEADS = frozenset(
    ("phòng", "sở", "trường", "công ty", "bệnh viện", "trung tâm", "ban", "hội", "khoa", "viện", "chi cục", "cục")
)
_AUTHORITY = "ủy ban nhân dân"
_MAX_DEPTH = 3
_MAX_NAME = 300
_OWNED = re.compile(
    r"((?:phòng|khoa|tổ|đội|ban|văn phòng|bộ phận|trung tâm|trưởng phòng)\b.*?|"
    r"(?:phó )?(?:giám đốc|chánh văn phòng)|chánh thanh tra) "
    r"(công an|sở .+|bệnh viện .+|bộ chỉ huy .+|cục .+|chi cục .+|đoàn thanh niên|liên đoàn lao động|"
    r"hội (?:liên hiệp|nông dân|cựu chiến binh)\b.*|(?<!ban thường trực )ủy ban mặt trận tổ quốc|"
    r"trường (?:đại học|trung học|tiểu học|mầm non|cao đẳng|chính trị).*)"
)
_NAMESAKES = ("tiền phong hồ chí minh", "cộng sản hồ chí minh", "đoàn thanh niên hồ chí minh")
_UNPLACED = ("trường", "đại học", "học viện", "bệnh viện", "công ty", "tổng công ty", "tập đoàn", "hợp tác xã")


@dataclass(frozen=True, slots=True)
class CanonicalBody:
    """A body as every document means it.

    Attributes:
        body_id: stable key: the name's letters without marks, joined by dashes; a unit's after its office's and a dot.
        name: written out, in sentence case, with its place.
        kind: `government`, `party`, `department` …, `position` for an office holder, `collective` for several.
        level: `central`, `province`, `district`, `commune` or `unit`; None where nobody can tell.
        place: the administrative unit, or None; superior: the id of the body over it, or None.
        valid_from, valid_to: ISO days between which it bore the name, as far as laws of 2025 tell; None where open.
    """

    body_id: str
    name: str
    kind: str
    level: str | None
    place: str | None = None
    superior: "CanonicalBody | None" = None
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The document that names a body: its issuer and that one's superior as printed, and its ISO date."""

    issuer: str | None = None
    parent: str | None = None
    date: str | None = None


def canonical_body(name: str, around: Surroundings, *, misread: bool = False) -> CanonicalBody | None:
    """The body that a name means in a document.

    Args:
        name: as printed.
        around: the document that names it.
        misread: whether its evidence is poorly read, so that a name like a known one may stand for it.
    Returns:
        The body, or None where the name is a person's or no body's.
    """
    return _resolved(name, around, misread, 0)


@lru_cache(maxsize=4096)
def _resolved(name: str, around: Surroundings, misread: bool, depth: int) -> CanonicalBody | None:
    text = _LEAD.sub("", name_key(name[: _MAX_NAME + 1]), count=1)
    if not text or depth > _MAX_DEPTH or len(name) > _MAX_NAME:
        return None
    issuer = _issuer(around, depth)
    if _MANY.search(text):
        return _collective(text, name, around, issuer)
    if issuer is not None and _means_issuer(text, issuer):
        return issuer
    start, units = read_units(text)
    core = mended(text[:start].strip(), misread)
    shown = shown_name(name)
    if not core and units and units[0].name:
        core, shown = _AUTHORITY, ""
    if len(units) > 1 and not any(unit.name for unit in units):
        return _collective(f"{core} các {text[start:]}".strip(), name, around, issuer)
    core, units = _party_place(core, units)
    if not units and (at_end := _province_at_end(core)) is not None:
        core, units = at_end
    head = head_of(core)
    if head is None:
        return None
    kind, level = head
    places = _places(around)
    units = tuple(unit if unit.name else _filled(unit, places) for unit in units)
    owned = _OWNED.fullmatch(core)
    if owned is not None and kind in ("department", "unit", "party", "position") and depth < _MAX_DEPTH:
        office = " ".join(filter(None, (owned[2], *(unit.text for unit in units))))
        owner = _resolved(office, around, False, depth + 1)
        return _part(owned[1], kind, owner, None) if owner is not None else None
    if issuer is not None and issuer.kind == "party" and core in body_tables()["organs"] and not units:
        return _resolved(f"{core} {issuer.name}", around, False, depth + 1)
    if _is_central(core, level, units):
        return _body(core, kind, "central", None, (), around, shown)
    return _placed(core, kind, level, units, places, issuer, around, shown)


def _placed(
    core: str,
    kind: str,
    level: str,
    units: tuple[Unit, ...],
    places: dict[PlaceLevel, Unit],
    issuer: CanonicalBody | None,
    around: Surroundings,
    shown: str,
) -> CanonicalBody:
    """A body of some place, or a part of the issuer."""
    if units:
        return _body(core, kind, units[0].level, units[0], units[1:] or tuple(places.values()), around, shown)
    if issuer is not None and _is_part(core, kind, level, issuer, places):
        return _part(core, kind, issuer, shown)
    wanted = [level] if level in _ORDER else _territory(core, issuer)
    unit = next((places[place] for place in _ORDER if place in wanted and place in places), None)
    if level in ("place", "alone"):
        unit = None
    where = unit.level if unit is not None else level if level in _ORDER else None
    wider = () if level == "alone" else tuple(places.values())
    return _body(core, kind, where, unit, wider, around, shown)


def _filled(unit: Unit, places: dict[PlaceLevel, Unit]) -> Unit:
    """The unit of that kind in which the issuer works, where only its kind is said."""
    if unit.kind == "thành phố":
        return next((places[level] for level in _ORDER if level in places and places[level].kind == unit.kind), unit)
    return places.get(unit.level, unit)


def _means_issuer(text: str, issuer: CanonicalBody) -> bool:
    """Whether a name is a bare noun for the issuer: `Phòng`, `Sở`, `Nhà trường`, `Công ty`."""
    if text in ("nhà trường", "trường") and issuer.kind == "school":
        return True
    return text in _BARE_HEADS and name_key(issuer.name).startswith(f"{text} ")


def _party_place(core: str, units: tuple[Unit, ...]) -> tuple[str, tuple[Unit, ...]]:
    """`ban tổ chức tỉnh ủy gia lai` as the committee's organ, and the place in its name as a unit."""
    match = re.search(rf"(?<!\w)({'|'.join(PARTY)})(?!\w)\s?(.*)$", core)
    if match is None:
        return core, units
    return core[: match.end(1)], (Unit(PARTY[match[1]], match[2].strip()), *units)


def _province_at_end(core: str) -> tuple[str, tuple[Unit, ...]] | None:
    """`sở y tế nghệ an`: a province's name without its kind, at the end of an office's."""
    if core.startswith(_UNPLACED) or core.endswith(_NAMESAKES):
        return None
    words = core.split()
    for count in (4, 3, 2):
        if len(words) > count and (province := short_province(" ".join(words[-count:]))) is not None:
            return " ".join(words[:-count]), (province,)
    return None


def _places(around: Surroundings) -> dict[PlaceLevel, Unit]:
    """The units in which the issuer works, by level; a province also by a district or commune that only it has."""
    places: dict[PlaceLevel, Unit] = {}
    for name in (around.issuer, around.parent):
        if not name:
            continue
        text = name_key(name)
        start, units = read_units(text)
        _, units = _party_place(text[:start].strip(), units)
        if not units:
            found = _province_at_end(text)
            units = found[1] if found is not None else ()
        for unit in units:
            if unit.name:
                places.setdefault(unit.level, unit)
    for level in _ORDER[:2]:
        lower = places.get(level)
        province = province_of(lower, around.date) if lower is not None else None
        if province is not None:
            places.setdefault("province", province)
    return places


def _issuer(around: Surroundings, depth: int) -> CanonicalBody | None:
    if not around.issuer or depth:
        return None
    return _resolved(around.issuer, Surroundings(around.issuer, around.parent, around.date), False, depth + 1)


def _is_central(core: str, level: str, units: tuple[Unit, ...]) -> bool:
    if units:
        return False
    return level == "central" or core.endswith((" việt nam", " trung ương", " tối cao", " quốc gia"))


def _territory(core: str, issuer: CanonicalBody | None) -> list[str]:
    """Levels at which a body without a place stands, that the issuer's own first."""
    if issuer is None or issuer.level not in _ORDER:
        return list(_ORDER)
    return list(_ORDER[_ORDER.index(issuer.level) :])


def _is_part(core: str, kind: str, level: str, issuer: CanonicalBody, places: dict[PlaceLevel, Unit]) -> bool:
    """Whether a name without a place is a part of the issuer, rather than an office of the same place."""
    if level == "unit":
        return True
    if core in body_tables()["organs"] and issuer.kind in ("union", "front"):
        return True
    if issuer.kind in ("government", "assembly", "party", "front", "collective"):
        return False
    if core.split(" ", 1)[-1] in body_tables()["territorial"] and core.startswith("phòng "):
        return issuer.kind in ("company", "army", "ministry") or not places
    if kind in ("department", "unit", "health", "committee", "position"):
        return not core.startswith(("sở ", "ủy ban", "thanh tra tỉnh")) and issuer.level != "central"
    return kind in ("union", "party") and issuer.kind in ("school", "health", "company") and level == "issuer"


def _part(core: str, kind: str, issuer: CanonicalBody, shown: str | None) -> CanonicalBody:
    own = core if is_known(core) else re.sub(r"(?<!văn)\s(?:sở|trường|cơ quan|bệnh viện|công ty|phòng)$", "", core)
    part = spelling(own, shown if shown is not None and len(shown.split()) <= len(own.split()) + 2 else None)
    name = f"{part} {issuer.name[:1].lower()}{issuer.name[1:]}" if issuer.kind == "school" else f"{part} {issuer.name}"
    return CanonicalBody(f"{issuer.body_id}.{slug([own])}", name, kind, "unit", issuer.place, issuer)


def _body(
    core: str,
    kind: str,
    level: str | None,
    unit: Unit | None,
    wider: Iterable[Unit],
    around: Surroundings,
    shown: str,
) -> CanonicalBody:
    province = next((place for place in wider if place.level == "province"), None)
    if unit is not None and unit.level != "province":
        province = province or province_of(unit, around.date)
    chain = [place.text for place in (unit, province) if place is not None]
    chain = list(dict.fromkeys(chain if unit is not None and unit.level != "province" else chain[:1]))
    first, last = _dates(core, unit)
    printed = placed_name(spelling(core, shown), core, unit)
    body_id = slug([core, *chain])
    superior = _superior(core, kind, level, unit, province, around)
    if superior is not None and superior.body_id == body_id:
        superior = None
    where = unit.printed if unit is not None else None
    return CanonicalBody(body_id, printed, kind, level, where, superior, first, last)


def _superior(
    core: str, kind: str, level: str | None, unit: Unit | None, province: Unit | None, around: Surroundings
) -> CanonicalBody | None:
    """The body over one, by its kind and level."""
    if unit is None or not unit.name:
        return None

    def at(name: str, place: Unit | None) -> CanonicalBody | None:
        if place is None:
            return None
        text = f"{name} {place.text}" + (f" {province.text}" if province and place is not province else "")
        return _resolved(text, Surroundings(None, None, around.date), False, 1)

    above = province if unit.level != "province" else None
    organ = re.match(r"(.+) (tỉnh ủy|thành ủy|huyện ủy|quận ủy|thị ủy)$", core)
    if organ is not None:
        return at(organ[2], unit) if organ[2] not in PARTY else _resolved(f"{organ[2]} {unit.name}", around, False, 1)
    if kind == "government":
        return at(core, above) or _resolved("chính phủ", Surroundings(), False, 1)
    if kind in ("department", "unit", "health") or (kind == "committee" and level in _ORDER):
        return at("ủy ban nhân dân", unit)
    if kind == "position" and (office := re.match(r"(?:phó )?chủ tịch (ủy ban nhân dân|hội đồng nhân dân)", core)):
        return at(office[1], unit)
    if kind in ("police", "front", "union", "court", "assembly"):
        return at(core, above)
    return None


def _collective(text: str, name: str, around: Surroundings, issuer: CanonicalBody | None) -> CanonicalBody:
    """Several bodies under one name: those of the issuer's territory, or of the issuer itself."""
    places = _places(around)
    _, units = read_units(text)
    named = [unit for unit in units if unit.name and not _MANY.search(unit.text)]
    territorial = re.search(r"sở|huyện|xã|phường|tỉnh|ngành|đoàn thể|địa phương|ủy ban|hội", text)
    place = named[-1] if named else None
    if place is None and territorial and places:
        place = next((places[level] for level in reversed(_ORDER) if level in places), None)
        if issuer is not None and issuer.level in _ORDER and not re.match(r"các sở|ủy ban nhân dân các huyện", text):
            place = places.get(issuer.level, place)
    if place is None and issuer is not None:
        return CanonicalBody(f"{issuer.body_id}.{slug([text])}", name, "collective", "unit", None, issuer)
    name = sentence_case(" ".join(name.split()))
    if place is not None and place.text not in text and len(text.split()) > 2:
        text = text.removesuffix(f" {place.kind}")
    parts = [text] if place is None or place.text in text else [text, place.text]
    printed = place.printed if place is not None else None
    parts[0] = re.sub(r"^(?:các|những|mọi|từng|mỗi) ", "", parts[0])
    return CanonicalBody(slug(parts), name, "collective", place.level if place else None, printed)


def _dates(core: str, unit: Unit | None) -> tuple[str | None, str | None]:
    for beginning, first, last in body_tables()["dated"]:
        if core.startswith(beginning):
            return first or None, last or None
    if unit is None or not unit.name:
        return None, None
    ended = unit.level == "district" or (unit.level == "province" and successor_of(unit) is not None)
    return None, DISTRICTS_UNTIL if ended or unit.kind == "thị trấn" else None
