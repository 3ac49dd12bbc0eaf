"""A font that shows nothing: a letter for each character of a document, with its width and its place, but no ink."""

import struct
import unicodedata
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

__all__ = ["ASCENT", "DESCENT", "UNITS", "InvisibleFont"]

UNITS = 1000
ASCENT = 800
DESCENT = -200
_SPACE_WIDTH = 250
_WIDTHS = {
    "I": 330,
    **dict.fromkeys("ijl.,:;'!|’‘`·", 270),
    **dict.fromkeys('tfr()[]{}/\\-"“”', 340),
    **dict.fromkeys("mwMW@%—…", 850),
    **dict.fromkeys("AĐDGHKNOQRUVXYCB&", 720),
    **dict.fromkeys("EFLPSTZJ", 600),
    **dict.fromkeys("cszeak", 440),
}
_OTHER_WIDTH = 500
_WIDE_WIDTH = 1000
_NAME = "SohoaInvisible"
_MAPPED_AT_A_TIME = 100  # as many as a section of a ToUnicode map may hold
_CMAP_HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_CMAP_END = """endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class InvisibleFont:
    """Gathers the characters that are written with it; embedded when all are known.

    A letter has a code of its own, counted from 1, so that any character can be found, of whatever script; its
    outline is a mere diagonal without area, so that viewers know how high and wide it is, and none can show it.
    """

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._widths: list[int] = [0]

    def encode(self, text: str) -> str:
        """A text's codes as hexadecimal digits, four a letter."""
        return "".join(f"{self._code(letter):04X}" for letter in text)

    def width(self, text: str) -> int:
        """How wide a text is, in thousandths of the type's size."""
        return sum(self._widths[self._code(letter)] for letter in text)

    def embed(self, pdf: pikepdf.Pdf) -> Any:
        """The font as a file's object, complete with its file and the map from codes to characters."""
        program = self._program()
        file = pdf.make_stream(program, Length1=len(program))
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + _NAME),
            Flags=4,  # symbolic: its codes are its own
            FontBBox=Array([0, DESCENT, UNITS, ASCENT]),
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=DESCENT,
            CapHeight=ASCENT,
            StemV=80,
            FontFile2=file,
        )
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/" + _NAME),
            CIDSystemInfo=Dictionary(
                Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
            ),
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=_OTHER_WIDTH,
            W=Array([1, Array(self._widths[1:])]),
            CIDToGIDMap=Name.Identity,
        )
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=Name("/" + _NAME),
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=pdf.make_stream(self._to_unicode().encode("ascii")),
            )
        )

    def _code(self, letter: str) -> int:
        code = self._codes.get(letter)
        if code is None:
            code = self._codes[letter] = len(self._widths)
            self._widths.append(_width(letter))
        return code

    def _to_unicode(self) -> str:
        pairs = [f"<{code:04X}> <{letter.encode('utf-16-be').hex().upper()}>" for letter, code in self._codes.items()]
        sections = [pairs[start : start + _MAPPED_AT_A_TIME] for start in range(0, len(pairs), _MAPPED_AT_A_TIME)]
        mapped = "".join(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar\n" for part in sections)
        return _CMAP_HEAD + mapped + _CMAP_END

    def _program(self) -> bytes:
        glyphs = [_glyph(width) for width in (_OTHER_WIDTH, *self._widths[1:])]
        count = len(glyphs)
        offsets = [0]
        for glyph in glyphs:
            offsets.append(offsets[-1] + len(glyph))
        widths = [_OTHER_WIDTH, *self._widths[1:]]
        widest = max(widths)
        tables = {
            b"OS/2": _os2(min(map(ord, self._codes), default=32), max(map(ord, self._codes), default=32)),
            b"cmap": _cmap(self._codes),
            b"glyf": b"".join(glyphs),
            b"head": struct.pack(
                ">IIIIHHqqhhhhHHhhh",
                *(0x00010000, 0x00010000, 0, 0x5F0F3CF5, 0x0003, UNITS, 0, 0),
                *(0, DESCENT, widest, ASCENT, 0, 8, 2, 1, 0),
            ),
            b"hhea": struct.pack(
                ">IhhhHhhhhhhhhhhhH", 0x00010000, ASCENT, DESCENT, 0, widest, 0, 0, widest, 1, *[0] * 7, count
            ),
            b"hmtx": b"".join(struct.pack(">Hh", width, 0) for width in widths),
            b"loca": struct.pack(f">{count + 1}I", *offsets),
            b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x00010000, count, 2, 1, 0, 0, 2, *[0] * 8),
            b"name": _names(),
            b"post": struct.pack(">IIhhIIIII", 0x00030000, 0, -100, 50, *[0] * 5),
        }
        return _font_file(tables)


def _width(letter: str) -> int:
    """About how wide a letter of a book face is; the marks above and below it take no room."""
    if letter == " ":
        return _SPACE_WIDTH
    if unicodedata.category(letter) == "Mn":
        return 0
    plain = unicodedata.normalize("NFD", letter)[0]
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE_WIDTH
    return _WIDTHS.get(plain, 600 if plain.isupper() else _OTHER_WIDTH)


def _glyph(width: int) -> bytes:
    """One contour of two points, from the lowest left to the highest right."""
    head = struct.pack(">hhhhh", 1, 0, DESCENT, width, ASCENT)
    outline = struct.pack(">HHBBhhhh", 1, 0, 1, 1, 0, width, DESCENT, ASCENT - DESCENT)
    glyph = head + outline
    return glyph + b"\0" * (-len(glyph) % 4)


def _cmap(codes: dict[str, int]) -> bytes:
    """The map from characters to letters, for whoever takes the font out of the file; format 12."""
    groups = b"".join(struct.pack(">III", ord(letter), ord(letter), codes[letter]) for letter in sorted(codes))
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(codes)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _names() -> bytes:
    texts = {1: _NAME, 2: "Regular", 3: _NAME, 4: _NAME, 5: "Version 1.000", 6: _NAME}
    records, data = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x0409, number, len(encoded), len(data))
        data += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + data


def _os2(first: int, last: int) -> bytes:
    facts = struct.pack(">HhHHH", 3, _OTHER_WIDTH, 400, 5, 0)  # version, width, weight, width class, may be embedded
    facts += struct.pack(">11h", *[0] * 11) + bytes(10) + struct.pack(">4I", 0, 0, 0, 0) + b"NONE"
    facts += struct.pack(">HHH", 0x40, min(first, 0xFFFF), min(last, 0xFFFF))
    facts += struct.pack(">hhhHH", ASCENT, DESCENT, 0, ASCENT, -DESCENT)
    return facts + struct.pack(">IIhhHHH", 0, 0, 500, ASCENT, 0, 32, 0)


def _font_file(tables: dict[bytes, bytes]) -> bytes:
    """Tables as a TrueType file, with their checksums."""
    count = len(tables)
    power = count.bit_length() - 1
    search = 16 << power
    head = struct.pack(">IHHHH", 0x00010000, count, search, power, count * 16 - search)
    offset = len(head) + 16 * count
    records, data = b"", b""
    for tag, table in sorted(tables.items()):
        records += struct.pack(">4sIII", tag, _checksum(table), offset + len(data), len(table))
        data += table + b"\0" * (-len(table) % 4)
    file = head + records + data
    # The file as a whole sums up to a number that the standard names.
    adjustment = (0xB1B0AFBA - _checksum(file)) & 0xFFFFFFFF
    place = file.index(tables[b"head"]) + 8
    return file[:place] + struct.pack(">I", adjustment) + file[place + 4 :]


def _checksum(data: bytes) -> int:
    data += b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data)
    return sum(words) & 0xFFFFFFFF
