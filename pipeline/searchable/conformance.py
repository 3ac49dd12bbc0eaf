"""What PDF/A-2b asks of a file: what must not be in it, what must, and whether the rest is as it should be."""

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import ImageCms

from pipeline.searchable.content import inherited, page_bytes, shown_fonts

__all__ = ["Description", "declare", "obstacles", "tidy"]

_FORBIDDEN_OF_CATALOG = (
    *("/AA", "/OpenAction", "/AcroForm", "/Perms", "/Requirements", "/NeedsRendering", "/Collection", "/Legal"),
    *("/Extensions", "/Version", "/AF", "/Threads", "/SpiderInfo", "/DSS"),
)
_FORBIDDEN_NAMES = ("/JavaScript", "/EmbeddedFiles", "/AlternatePresentations", "/Renditions")
_FORBIDDEN_OF_PAGE = ("/AA", "/PresSteps")
_FORBIDDEN_OF_STREAM = ("/Alternates", "/OPI", "/Metadata", "/PS", "/F", "/FFilter", "/FDecodeParms")
# Fewer than PDF/A-2 allows: nothing that sends a form away, and nothing into files that are left out.
_ALLOWED_ACTIONS = {"/GoTo", "/GoToR", "/URI", "/Named", "/Thread"}
_ACTION_KEYS = ("/A", "/PA", "/OpenAction")
_FORBIDDEN_ANYWHERE = ("/AA", "/AF", "/EF", "/JS")
_ALLOWED_ANNOTATIONS = {
    *("/Text", "/Link", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight"),
    *("/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Popup"),
}
_WITHOUT_APPEARANCE = {"/Link", "/Popup"}
_INVISIBLE, _HIDDEN, _PRINT, _NO_VIEW, _READ_ONLY, _TOGGLE = 1, 2, 4, 32, 64, 256
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_CMYK_SET = re.compile(rb"(?<![-+.\d])(?:[-+.\d]+\s+){4}[kK]\s")
_RGB_SET = re.compile(rb"(?<![-+.\d])(?:[-+.\d]+\s+){3}(?:rg|RG)\s")
_PROFILE_COLOURS = slice(16, 20)
_PROFILE_DATE = slice(24, 36)
_SOME_DAY = bytes.fromhex("07d000010001000000000000")
_UNFIT_FILTERS = {"/LZWDecode", "/Crypt"}
_LANGUAGE = "vi"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">{claim}
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
   <dc:source>{source}</dc:source>
   <pdf:Producer>{tool}</pdf:Producer>
   <xmp:CreatorTool>{tool}</xmp:CreatorTool>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
_CLAIM = "\n   <pdfaid:part>2</pdfaid:part>\n   <pdfaid:conformance>B</pdfaid:conformance>"


class Description:
    """What a copy says of itself: its title, what it was made from and by which program."""

    def __init__(self, title: str, source: str, tool: str) -> None:
        self.title, self.source, self.tool = (_clean(text) for text in (title, source, tool))


def tidy(pdf: pikepdf.Pdf) -> list[str]:
    """Take out what a file to be kept may not have: programs, forms, attached files; the pages look the same.

    A form's fields, signatures among them, stay on the page as what they look like.

    Returns:
        What a reader should know that is no longer there, a sentence each.
    """
    notes: list[str] = []
    catalog = pdf.Root
    form = catalog.get("/AcroForm", Dictionary())
    signatures = _signature_count(form.get("/Fields", Array()))
    if signatures:
        plural = f"{signatures} digital signatures are" if signatures > 1 else "The digital signature is"
        notes.append(f"{plural} not valid in the copy, only its look is kept; the original is unchanged.")
    names = catalog.get("/Names", Dictionary())
    if "/EmbeddedFiles" in names:
        notes.append("Attached files are left out of the copy; the original has them.")
    _delete(names, _FORBIDDEN_NAMES)
    _delete(catalog, _FORBIDDEN_OF_CATALOG)
    for configuration in _configurations(catalog):
        _delete(configuration, ("/AS",))
    dropped = 0
    for page in pdf.pages:
        _delete(page.obj, (*_FORBIDDEN_OF_PAGE, "/Metadata"))
        if "/Annots" in page.obj:
            kept = [one for one in page.obj["/Annots"] if isinstance(one, Dictionary) and _tidy_annotation(one)]
            dropped += sum(1 for one in page.obj["/Annots"] if not _is_unseen_widget(one)) - len(kept)
            page.obj["/Annots"] = Array(kept)
    if dropped > 0:
        notes.append(f"{dropped} annotations that a file to be kept may not have are left out of the copy.")
    for item in _reachable(catalog, structure=True):
        _tidy_item(item)
    return notes


def obstacles(pdf: pikepdf.Pdf) -> list[str]:
    """Why a file cannot be said to be PDF/A-2b, a phrase each; none where it can.

    Not done: the insides of fonts and of JPEG 2000 pictures that the original brings are taken on trust.
    """
    found: set[str] = set()
    foreign, foreign_name, foreign_set = Name.DeviceCMYK, "CMYK", _CMYK_SET
    if _intent_colours(pdf) == b"CMYK":
        foreign, foreign_name, foreign_set = Name.DeviceRGB, "RGB", _RGB_SET
    for item in _reachable(pdf.Root):
        if isinstance(item, pikepdf.Stream):
            filters = item.get("/Filter", Array())
            named = {str(filters)} if isinstance(filters, Name) else {str(one) for one in filters}
            if len(named) > 1 and named & _UNFIT_FILTERS:
                found.add("a picture is packed in a forbidden way")
            if item.get("/ColorSpace") == foreign:
                found.add(f"a picture is in {foreign_name} without a profile")
    for page in pdf.pages:
        if foreign_set.search(page_bytes(page)):
            found.add(f"colours are in {foreign_name} without a profile")
        resources = inherited(page.obj, "/Resources", Dictionary())
        if any(not _is_embedded(font) for font in _fonts(resources)) and any(
            not _is_embedded(font) for font in shown_fonts(pdf, page)
        ):
            found.add("a font of the original is not embedded in it")
        for annotation in page.obj.get("/Annots", Array()):
            normal = annotation.get("/AP", Dictionary()).get("/N")
            if isinstance(normal, pikepdf.Stream) and any(
                not _is_embedded(font) for font in _fonts(normal.get("/Resources", Dictionary()))
            ):
                found.add("a font of an annotation is not embedded")
    return sorted(found)


def declare(pdf: pikepdf.Pdf, description: Description, *, conforms: bool) -> None:
    """Write what a file says of itself: title, language, colours, and that it is PDF/A-2b where it is."""
    catalog = pdf.Root
    words = {"title": description.title, "source": description.source, "tool": description.tool}
    escaped = {name: escape(text) for name, text in words.items()}
    xmp = _XMP.format(claim=_CLAIM if conforms else "", language=_LANGUAGE, **escaped)
    catalog["/Metadata"] = pdf.make_stream(xmp.encode("utf-8"), Type=Name.Metadata, Subtype=Name.XML)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    pdf.docinfo["/Title"] = pikepdf.String(description.title)
    pdf.docinfo["/Creator"] = pikepdf.String(description.tool)
    pdf.docinfo["/Producer"] = pikepdf.String(description.tool)
    if "/Lang" not in catalog:
        catalog["/Lang"] = pikepdf.String(_LANGUAGE)
    if "/StructTreeRoot" not in catalog:
        catalog["/MarkInfo"] = Dictionary(Marked=False)
    preferences = catalog.get("/ViewerPreferences", Dictionary())
    preferences["/DisplayDocTitle"] = True
    catalog["/ViewerPreferences"] = preferences
    intent = _intent(pdf)
    if intent is None:
        intent = Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFA1,
            OutputConditionIdentifier=pikepdf.String("sRGB"),
            Info=pikepdf.String("sRGB IEC61966-2.1"),
            DestOutputProfile=pdf.make_stream(_srgb(), N=3, Alternate=Name.DeviceRGB),
        )
    catalog["/OutputIntents"] = Array([intent])


def _srgb() -> bytes:
    """A profile of sRGB, always the same bytes: its day of making says nothing."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_PROFILE_DATE] = _SOME_DAY
    return bytes(profile)


def _intent(pdf: pikepdf.Pdf) -> Any:
    """The output intent for PDF/A that the original brought, if its profile is one of colours; else None."""
    for intent in pdf.Root.get("/OutputIntents", Array()):
        profile = intent.get("/DestOutputProfile")
        if intent.get("/S") != Name.GTS_PDFA1 or not isinstance(profile, pikepdf.Stream):
            continue
        if profile.read_bytes()[_PROFILE_COLOURS] in (b"RGB ", b"CMYK"):
            return intent
    return None


def _intent_colours(pdf: pikepdf.Pdf) -> bytes:
    """The colours that the copy's output intent is about, as a profile names them."""
    intent = _intent(pdf)
    return b"RGB " if intent is None else bytes(intent["/DestOutputProfile"].read_bytes()[_PROFILE_COLOURS])


def _clean(text: str) -> str:
    """A text that XML may hold."""
    return "".join(letter for letter in text if letter.isprintable()) or "-"


def _delete(dictionary: Any, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in dictionary:
            del dictionary[key]


def _configurations(catalog: Any) -> Iterator[Any]:
    content = catalog.get("/OCProperties", Dictionary())
    if "/D" in content:
        yield content["/D"]
    yield from content.get("/Configs", Array())


def _signature_count(fields: Any) -> int:
    count = 0
    seen: set[tuple[int, int]] = set()
    waiting = list(fields)
    while waiting:
        one = waiting.pop()
        if not isinstance(one, Dictionary) or (one.is_indirect and one.objgen in seen):
            continue
        seen.add(one.objgen)
        count += one.get("/FT") == Name.Sig and "/V" in one
        waiting.extend(one.get("/Kids", Array()))
    return count


def _tidy_annotation(annotation: Any) -> bool:
    """Make an annotation one that may be kept; whether it can stay."""
    if annotation.get("/Subtype") == Name.Widget and not _widget_to_stamp(annotation):
        return False
    kind = str(annotation.get("/Subtype"))
    flags = int(annotation.get("/F", 0))
    if kind not in _ALLOWED_ANNOTATIONS or flags & (_HIDDEN | _NO_VIEW | _INVISIBLE):
        return False
    action = annotation.get("/A")
    if isinstance(action, Dictionary) and str(action.get("/S")) not in _ALLOWED_ACTIONS:
        del annotation["/A"]
    _delete(annotation, ("/AA",))
    appearance = annotation.get("/AP", Dictionary())
    if kind not in _WITHOUT_APPEARANCE and not isinstance(appearance.get("/N"), pikepdf.Stream):
        return False
    _delete(appearance, ("/R", "/D"))
    annotation["/F"] = (flags | _PRINT) & ~_TOGGLE
    return True


def _is_unseen_widget(annotation: Any) -> bool:
    """A field of a form that nobody sees, of which nothing is lost."""
    return isinstance(annotation, Dictionary) and annotation.get("/Subtype") == Name.Widget


def _widget_to_stamp(widget: Any) -> bool:
    """Turn a form's field into a stamp that looks like it; whether it looks like anything."""
    normal = widget.get("/AP", Dictionary()).get("/N")
    if isinstance(normal, Dictionary) and not isinstance(normal, pikepdf.Stream):
        normal = normal.get(str(widget.get("/AS", "/Off")))
    if not isinstance(normal, pikepdf.Stream):
        return False
    kept = {key: widget[key] for key in ("/Rect", "/P", "/OC") if key in widget}
    flags = int(widget.get("/F", 0))
    for key in list(widget.keys()):
        del widget[key]
    for key, value in kept.items():
        widget[key] = value
    widget["/Type"], widget["/Subtype"] = Name.Annot, Name.Stamp
    widget["/AP"] = Dictionary(N=normal)
    widget["/F"] = flags | _READ_ONLY
    return True


def _tidy_item(item: Any) -> None:
    if isinstance(item, pikepdf.Stream):
        if item.get("/Subtype") in (Name.Image, Name.Form):
            _delete(item, _FORBIDDEN_OF_STREAM)
        if bool(item.get("/Interpolate", False)):
            item["/Interpolate"] = False
    _delete(item, _FORBIDDEN_ANYWHERE)
    for key in _ACTION_KEYS:
        action = item.get(key)
        if isinstance(action, Dictionary) and "/S" in action and str(action["/S"]) not in _ALLOWED_ACTIONS:
            del item[key]
    if isinstance(item, Dictionary) and not isinstance(item, pikepdf.Stream):
        if item.get("/Type") == Name.ExtGState or "/TR" in item or "/TR2" in item:
            _delete(item, ("/TR", "/HTP"))
            if item.get("/TR2") != Name.Default:
                _delete(item, ("/TR2",))
        if "/S" in item and "/Next" in item:
            del item["/Next"]  # an action that would follow another


def _reachable(root: Any, *, structure: bool = False) -> Iterator[Any]:
    """Every dictionary and stream that the file will keep; the tree of its structure only where that is asked for."""
    passed_over = ("/Parent", "/P") if structure else ("/Parent", "/P", "/StructTreeRoot")
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [root]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, (Dictionary, Array, pikepdf.Stream)):
            continue
        if item.is_indirect:
            if item.objgen in seen:
                continue
            seen.add(item.objgen)
        if isinstance(item, Array):
            waiting.extend(item)
            continue
        yield item
        waiting.extend(value for key, value in item.items() if key not in passed_over)


def _fonts(resources: Any) -> Iterator[Any]:
    """The fonts that resources name, and those of the forms in them, two levels deep."""
    yield from resources.get("/Font", Dictionary()).values()
    for form in resources.get("/XObject", Dictionary()).values():
        inner = form.get("/Resources", Dictionary())
        yield from inner.get("/Font", Dictionary()).values()
        for innermost in inner.get("/XObject", Dictionary()).values():
            yield from innermost.get("/Resources", Dictionary()).get("/Font", Dictionary()).values()


def _is_embedded(font: Any) -> bool:
    if font.get("/Subtype") == Name.Type3:
        return True
    inner = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
    descriptor = inner.get("/FontDescriptor", Dictionary())
    return any(key in descriptor for key in _FONT_FILES)
