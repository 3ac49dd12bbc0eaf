"""The same work on the machines of a Ray cluster: the same results, also where a machine is lost in the middle."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fake_stages import fake_stages
from test_archive_intake import OPTIONS, write

from pipeline.archive import Archive
from pipeline.archive.report import ExportFormat
from pipeline.errors import ClusterError, MissingEngineError
from pipeline.options import Options
from pipeline.runner import run_on_cluster

pytest.importorskip("ray", reason="Ray is not installed: pip install 'sohoa[ray]'")

HERE = Path(__file__).parent
# Two machines that are processes here; one is lost once documents are in hand on both.
CLUSTER = """
import json, sys, threading, time
from functools import partial
from pathlib import Path

import ray
from ray.cluster_utils import Cluster

from fake_stages import fake_stages
from pipeline.archive import Archive
from pipeline.options import Options, RunnerOptions
from pipeline.runner import run_on_cluster

if __name__ == "__main__":
    folder, url, inputs, lose = sys.argv[1:]
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    second = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    seen = set()

    def on_event(event):
        seen.add(event.path)
        if lose == "lose" and len(seen) == 4 and cluster.list_all_nodes() and second in cluster.list_all_nodes():
            cluster.remove_node(second, allow_graceful=False)

    with Archive.open(Path(folder), url=url) as archive:
        report = archive.intake(
            [Path(inputs)], Options(runner=RunnerOptions(attempts=9)), on_event=on_event, stages=fake_stages,
            batch=partial(run_on_cluster, address=cluster.address),
        )
        print(json.dumps({file.path.name: file.result for file in report.files}))
    cluster.shutdown()
"""


def on_cluster(tmp_path: Path, url: str, lose: str) -> dict[str, str]:
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": f"{HERE.parent}:{HERE}", "RAY_USAGE_STATS_ENABLED": "0"}
    told = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "cluster"), url, str(tmp_path / "in"), lose],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert told.returncode == 0, told.stderr[-3000:]
    found: dict[str, str] = json.loads(told.stdout.splitlines()[-1])
    return found


def exported(archive: Archive, folder: Path) -> dict[str, str]:
    """Files of every format that says nothing of when the work was done, by their hashes."""
    formats: tuple[ExportFormat, ...] = ("json", "csv", "jsonl", "parquet")
    paths = [path for format in formats for path in archive.export(folder / format, format, moments=False)]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_cluster_gives_what_one_machine_gives(tmp_path: Path, catalog_url: str) -> None:
    (tmp_path / "in").mkdir()
    texts = {f"d{number}": f"tài liệu {number}\nslow\nblank" for number in range(6)}
    write(tmp_path / "in", **texts, broken="refuse", crash="một\nsegv\nba", partial="một\nengine")
    results = on_cluster(tmp_path, catalog_url, "lose")
    with (
        Archive.open(tmp_path / "alone") as alone,
        Archive.open(tmp_path / "cluster", url=catalog_url) as cluster,
    ):
        report = alone.intake([tmp_path / "in"], OPTIONS, stages=fake_stages)
        assert results == {file.path.name: file.result for file in report.files}
        assert cluster.standing().files == alone.standing().files
        assert cluster.standing().settled
        assert exported(cluster, tmp_path / "out2") == exported(alone, tmp_path / "out1")
        for row in cluster.documents():
            if row.name.startswith("d"):
                assert cluster.picture(row.id, 1) is not None
        assert not [path for path in (cluster.folder / "work").iterdir() if path.is_dir()]


def test_cluster_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    (path,) = write(tmp_path, plan="một")
    with pytest.raises(ClusterError) as raised:
        list(run_on_cluster([path], Options(), stages=fake_stages, address="127.0.0.1:1"))
    assert "ray start" in raised.value.remedy


def test_cluster_without_ray_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = write(tmp_path, plan="một")
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingEngineError) as raised:
        list(run_on_cluster([path], Options(), stages=fake_stages))
    assert "sohoa[ray]" in raised.value.remedy
