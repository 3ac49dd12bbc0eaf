"""The text that a page of the original brings along: what is seen of it, and how the rest is silenced."""

import re
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name

from pipeline.errors import DamagedInputError

__all__ = ["own_resources", "page_bytes", "shown_fonts", "silence"]

_BEGINS_TEXT = re.compile(rb"\bBT\b")
_SHOWING = {"Tj", "TJ", "'", '"'}
_NEXT_LINE = {"'", '"'}
_PLACING = {"BT", "Td", "TD", "Tm", "T*"}
_INVISIBLE = 3
_DEEPEST_FORM = 8
_MOST_CONTENT_BYTES = 16 << 20  # a drawn map has 5 MB; a byte of content becomes a hundred when it is taken apart
# Readers that honour a replacement text take one space for all that the original's own letters say.
_SILENCED = b"/Span <</ActualText ( )>> BDC"
_SILENCED_END = b"EMC"
_BEGIN_SILENCED, _END_SILENCED = (
    pikepdf.ContentStreamInstruction([Name.Span, Dictionary(ActualText=pikepdf.String(" "))], pikepdf.Operator("BDC")),
    pikepdf.ContentStreamInstruction([], pikepdf.Operator("EMC")),
)


@dataclass(slots=True)
class _Walk:
    """What to do with the text of content streams, and the fonts of what is seen of it."""

    pdf: pikepdf.Pdf
    strip: bool
    silence: bool = False
    removed: bool = False
    fonts: dict[object, Any] = field(default_factory=dict)
    forms: dict[tuple[tuple[int, int], int], Any] = field(default_factory=dict)  # what took the place of each, or None


def own_resources(page: pikepdf.Page) -> Any:
    """The page's resources as a dictionary that no other page shares, its fonts and forms likewise."""
    resources = Dictionary(dict(inherited(page.obj, "/Resources", Dictionary()).items()))
    for kind in ("/Font", "/XObject"):
        if kind in resources:
            resources[kind] = Dictionary(dict(resources[kind].items()))
    page.obj["/Resources"] = resources
    return page.obj["/Resources"]


def inherited(node: Any, key: str, default: Any) -> Any:
    """A page's attribute, from the page itself or from what stands above it."""
    for _ in range(64):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            break
        node = node["/Parent"]
    return default


def page_bytes(page: pikepdf.Page) -> bytes:
    """All content streams of a page, decoded."""
    contents = page.obj.get("/Contents")
    if contents is None:
        return b""
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    content = b"\n".join(stream_bytes(stream) for stream in streams if isinstance(stream, pikepdf.Stream))
    _check_size(content)
    return content


def stream_bytes(stream: pikepdf.Stream) -> bytes:
    """A content stream, decoded.

    Raises:
        DamagedInputError: it is larger than what a page needs, and would be many times larger taken apart.
    """
    content = stream.read_bytes()
    _check_size(content)
    return content


def _check_size(content: bytes) -> None:
    if len(content) > _MOST_CONTENT_BYTES:
        raise DamagedInputError(
            f"A page's content is larger than {_MOST_CONTENT_BYTES >> 20} MB when it is unpacked.",
            remedy="Print it to a new PDF, run that, and make the copy of it.",
        )


def silence(pdf: pikepdf.Pdf, page: pikepdf.Page, resources: Any, *, seen_too: bool) -> bool:
    """Keep the text that a page brought along from being found; its look stays as it is.

    Invisible text is taken out of the page's content. A page that has none keeps its content streams byte by byte.

    Args:
        resources: the page's own, changed where a form is.
        seen_too: mark the letters that are seen, so that readers take one space for them; they stay to be seen.
    Returns:
        Whether invisible text was taken out.
    Not done: readers that take no notice of replacement text.
    """
    walk = _Walk(pdf, strip=True, silence=seen_too)
    instructions, visible = _walk_page(walk, page, resources)
    if instructions is not None:
        page.obj["/Contents"] = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
    if visible and seen_too:
        page.contents_add(_SILENCED, prepend=True)
        page.contents_add(_SILENCED_END)
    return walk.removed


def shown_fonts(pdf: pikepdf.Pdf, page: pikepdf.Page) -> list[Any]:
    """The fonts of the letters that are seen on a page."""
    walk = _Walk(pdf, strip=False)
    _walk_page(walk, page, inherited(page.obj, "/Resources", Dictionary()))
    return list(walk.fonts.values())


def _walk_page(walk: _Walk, page: pikepdf.Page, resources: Any) -> tuple[list[Any] | None, bool]:
    if not _may_have_text(page_bytes(page), resources):
        return None, False
    return _walked(walk, page, resources, 0, 0)


def _may_have_text(content: bytes, resources: Any) -> bool:
    """Whether letters are shown by a content stream, or by any form that it may draw."""
    if _BEGINS_TEXT.search(content):
        return True
    seen: set[tuple[int, int]] = set()
    waiting = [resources]
    while waiting:
        for form in waiting.pop().get("/XObject", Dictionary()).values():
            if not _is_form(form) or form.objgen in seen:
                continue
            seen.add(form.objgen)
            if _BEGINS_TEXT.search(stream_bytes(form)):
                return True
            if "/Resources" in form:
                waiting.append(form["/Resources"])
    return False


def _is_form(item: Any) -> bool:
    return isinstance(item, pikepdf.Stream) and item.get("/Subtype") == Name.Form


def _walked(walk: _Walk, source: Any, resources: Any, mode: int, depth: int) -> tuple[list[Any] | None, bool]:
    """Follow a content stream and the forms that it draws.

    Returns:
        Its instructions without the invisible text, or None where it has none; and whether it shows letters itself.
    """
    kept: list[list[Any]] = []
    taken_out: list[tuple[int, Any]] = []  # since the place to write was last set
    changed = visible = False
    font: Any = None
    saved: list[tuple[int, Any]] = []
    for instruction in pikepdf.parse_content_stream(source):
        operator = str(instruction.operator)
        if operator == "q":
            saved.append((mode, font))
        elif operator == "Q" and saved:
            mode, font = saved.pop()
        elif operator == "Tr" and instruction.operands:
            mode = int(instruction.operands[0])
        elif operator == "Tf" and instruction.operands:
            font = resources.get("/Font", Dictionary()).get(str(instruction.operands[0]))
        elif operator in _SHOWING:
            if operator in _NEXT_LINE:
                taken_out.clear()
            if mode == _INVISIBLE:
                changed = changed or walk.strip
                if walk.strip:
                    taken_out.append((len(kept), instruction))
                kept.append(_without_letters(instruction))
                continue
            visible = True
            # What follows unseen letters on their line would move; there they stay, marked.
            for place, unseen in taken_out:
                kept[place] = [_BEGIN_SILENCED, unseen, _END_SILENCED]
            taken_out.clear()
            if font is not None:
                walk.fonts.setdefault(font.objgen if font.is_indirect else id(font), font)
        elif operator in _PLACING:
            taken_out.clear()
        elif operator == "Do" and instruction.operands and depth < _DEEPEST_FORM:
            _walk_form(walk, resources, str(instruction.operands[0]), mode, depth)
        kept.append([instruction])
    walk.removed = walk.removed or changed
    return ([one for few in kept for one in few] if changed else None), visible


def _walk_form(walk: _Walk, resources: Any, name: str, mode: int, depth: int) -> None:
    form = resources.get("/XObject", Dictionary()).get(name)
    if not _is_form(form):
        return
    key = (form.objgen, mode)
    if key not in walk.forms:
        walk.forms[key] = _without_junk(walk, form, resources, mode, depth)
    replacement = walk.forms[key]
    if replacement is not None:
        walk.forms[replacement.objgen, mode] = None
        resources["/XObject"][name] = replacement


def _without_junk(walk: _Walk, form: Any, resources: Any, mode: int, depth: int) -> Any:
    """A copy of a form without its invisible text, its own letters silenced; None where it can stay as it is."""
    inner = form.get("/Resources", resources)
    if not _may_have_text(stream_bytes(form), inner):
        return None
    before = dict(inner.get("/XObject", Dictionary()).items())
    if walk.strip and "/Resources" in form:
        # The form may be drawn on other pages too; what is changed is a copy.
        inner = Dictionary(dict(inner.items()))
        if before:
            inner["/XObject"] = Dictionary(before)
    instructions, visible = _walked(walk, form, inner, mode, depth + 1)
    if not walk.strip:
        return None
    deeper = any(inner["/XObject"][key].objgen != item.objgen for key, item in before.items())
    if instructions is None and not deeper and not (visible and walk.silence):
        return None
    data = stream_bytes(form) if instructions is None else pikepdf.unparse_content_stream(instructions)
    if visible and walk.silence:
        data = b"\n".join((_SILENCED, data, _SILENCED_END))
    facts = {key: value for key, value in form.items() if key not in ("/Length", "/Filter", "/DecodeParms")}
    if "/Resources" in facts:
        facts["/Resources"] = inner
    return walk.pdf.make_stream(data, facts)


def _without_letters(instruction: Any) -> list[Any]:
    """What a showing operator does beside showing letters: going to the next line, setting spaces."""
    operator = str(instruction.operator)
    next_line = pikepdf.ContentStreamInstruction([], pikepdf.Operator("T*"))
    if operator == "'":
        return [next_line]
    if operator == '"':
        word, letter = instruction.operands[:2]
        return [
            pikepdf.ContentStreamInstruction([word], pikepdf.Operator("Tw")),
            pikepdf.ContentStreamInstruction([letter], pikepdf.Operator("Tc")),
            next_line,
        ]
    return []
