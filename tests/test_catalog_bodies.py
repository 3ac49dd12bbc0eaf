"""Bodies in the catalog: one row for a body of several documents, its superiors with it, mentions anew each time."""

from pathlib import Path

from fake_stages import FakeIngest, FakeOcr, FakeRestore
from sqlalchemy import text

from pipeline.archive import Archive
from pipeline.document import Document, replace
from pipeline.options import Options, RunnerOptions
from pipeline.records import Assignment, DocumentFields, Recipient, Records, Value
from pipeline.stage import Context, Gift, Stage


class Extract:
    """A plan of a district, and one of its province that writes the district's office in full."""

    name = "extract"
    version = 1
    needs: frozenset[Gift] = frozenset({"readings"})
    gives: frozenset[Gift] = frozenset({"records"})

    def document(self, document: Document, context: Context) -> Document:
        def value(normal: str) -> Value:
            return Value(normal, normal, ("1.0",), 0.9)

        district = document.source.name == "district.txt"
        issuer = "Ủy ban nhân dân huyện Đô Lương" if district else "UBND tỉnh Nghệ An"
        office = "Phòng Nội vụ" if district else "Phòng Nội vụ huyện Đô Lương"
        records = Records(
            document=DocumentFields(issuer=value(issuer), date=value("2024-05-06")),
            assignments=(Assignment(body=value(office)), Assignment(body=value("Bà Mạc Thu Nga"))),
            recipients=(Recipient(text=value("Các phòng, ban; UBND các xã")), Recipient(text=value("Lưu: VT"))),
        )
        return replace(document, records=records)


def stages() -> tuple[Stage, ...]:
    return FakeIngest(), FakeOcr(), FakeRestore(), Extract()


def test_bodies_are_one_over_documents_and_anew_with_each_storing(tmp_path: Path) -> None:
    (tmp_path / "district.txt").write_text("một hai", encoding="utf-8")
    (tmp_path / "province.txt").write_text("ba bốn", encoding="utf-8")
    files = sorted(tmp_path.glob("*.txt"))
    with Archive.open(tmp_path / "archive") as archive:
        for force in (False, True):
            archive.intake(files, Options(runner=RunnerOptions(jobs=1)), stages=stages, force=force)
            with archive.database.reading() as connection:
                tasks = connection.execute(
                    text(
                        "SELECT b.name, s.name, b.valid_to, COUNT(DISTINCT m.document_id) FROM body_mentions m "
                        "JOIN bodies b ON b.body_id = m.body_id JOIN bodies s ON s.body_id = b.superior_id "
                        "WHERE m.record_table = 'assignments' GROUP BY b.name, s.name, b.valid_to"
                    )
                ).all()
                mentions = connection.execute(text("SELECT COUNT(*) FROM body_mentions")).scalar()
                lone = connection.execute(text("SELECT name FROM bodies WHERE superior_id IS NULL")).scalars().all()
            over = "Ủy ban nhân dân huyện Đô Lương"
            assert [tuple(row) for row in tasks] == [("Phòng Nội vụ huyện Đô Lương", over, "2025-06-30", 2)]
            assert mentions == 2 + 2 + 4
            assert "Chính phủ" in lone
