"""Words as a person set them right, before anything is made of them."""

from dataclasses import dataclass

from pipeline.corrections import CorrectionKind, find_mark, lost
from pipeline.document import Document, Issue, Reading, replace
from pipeline.stage import Context, Gift

__all__ = ["Correct"]


@dataclass(frozen=True, slots=True)
class Correct:
    """The stage between restoration and segmentation."""

    name: str = "correct"
    version: int = 1
    needs: frozenset[Gift] = frozenset({"readings"})
    gives: frozenset[Gift] = frozenset({"readings"})
    applies: CorrectionKind = "word"

    def document(self, document: Document, context: Context) -> Document:
        """Let each corrected mark say what the person says; a correction whose mark is gone becomes a doubt."""
        said: dict[str, Reading] = {}
        missed: list[Issue] = []
        for correction in context.corrections:
            if correction.kind != self.applies:
                continue
            word = find_mark(document.pages, correction.marks[0])
            if word is None:
                missed.append(lost(self.name, correction))
            else:
                said[word.id] = Reading(self.name, correction.after, 1.0)
        pages = tuple(
            replace(page, words=tuple(word.read(said[word.id]) if word.id in said else word for word in page.words))
            for page in document.pages
        )
        return replace(document, pages=pages, issues=(*document.issues, *missed))
