"""Who does the work: one document in this process, or many in processes that can be stopped."""

from pipeline.runner.batch import Batch, core_count, run_batch
from pipeline.runner.cluster import run_on_cluster
from pipeline.runner.order import check_order, stages, work_key
from pipeline.runner.outcome import Event, Outcome, Prepare
from pipeline.runner.walk import run_document

__all__ = [
    "Batch",
    "Event",
    "Outcome",
    "Prepare",
    "check_order",
    "core_count",
    "run_batch",
    "run_document",
    "run_on_cluster",
    "stages",
    "work_key",
]
