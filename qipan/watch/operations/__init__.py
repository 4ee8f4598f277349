"""Writing what the watch keeps: ``reading`` as data are opened, ``counting`` and ``raising`` as time goes by, ``deciding`` by an auditor."""

from qipan.watch.operations.counting import Batch, count_readings
from qipan.watch.operations.deciding import decide_finding
from qipan.watch.operations.meeting import close_windows, note_answer, note_silence
from qipan.watch.operations.raising import NewFinding, raise_findings
from qipan.watch.operations.reading import (
    SampleReading,
    enter_sample_readings,
    record_document,
    record_reading,
    record_service,
)

__all__ = [
    "Batch",
    "NewFinding",
    "SampleReading",
    "close_windows",
    "count_readings",
    "decide_finding",
    "enter_sample_readings",
    "note_answer",
    "note_silence",
    "raise_findings",
    "record_document",
    "record_reading",
    "record_service",
]
