"""A run in a file: as JSON, which gives the same run back, and as CSV, a request a line, for other programs.

The JSON says which format it has. What a later version adds has a default, so that a run saved by one version loads in
the next; a file from a newer version than this is refused by name.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, TypeVar

from fwlab.lab.errors import LoadError
from fwlab.lab.runs.prediction import Prediction
from fwlab.lab.runs.sample import LoadGenerator, Sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMAT = 1
T = TypeVar("T")
_COLUMNS = tuple(field.name for field in fields(Sample))


def to_json(about: Mapping[str, Any], samples: Sequence[Sample]) -> str:
    """Return a run as JSON: what is known of it, and a column for each attribute of its samples.

    Args:
        about: the run's attributes besides its samples.
        samples: all of them, those of the warm-up too.
    """
    columns = {name: [getattr(sample, name) for sample in samples] for name in _COLUMNS}
    generator = about["generator"]
    document = {
        "fwlab_run": FORMAT,
        **about,
        "generator": None if generator is None else asdict(generator),
        "predictions": [asdict(prediction) for prediction in about["predictions"]],
        "samples": columns,
    }
    return json.dumps(document, allow_nan=False) + "\n"


def from_json(text: str, source: str, kind: type[T]) -> T:
    """Return a run, read from what :func:`to_json` gave.

    Args:
        text: the JSON.
        source: what messages call it.
        kind: the class of runs.

    Raises:
        LoadError: the text is no run, or one of a newer format.
    """
    try:
        document = json.loads(text)
        version = document.pop("fwlab_run")
        if version > FORMAT:
            raise LoadError(f"{source}: a run of format {version}, and this fwlab reads up to {FORMAT}; update fwlab.")
        columns = document.pop("samples")
        rows = zip(*columns.values(), strict=True)
        samples = [Sample(**_known(Sample, dict(zip(columns, row, strict=True)))) for row in rows]
        generator = document.pop("generator", None)
        predictions = document.pop("predictions", [])
        attributes = {
            **document,
            "generator": None if generator is None else LoadGenerator(**_known(LoadGenerator, generator)),
            "predictions": tuple(Prediction(**_known(Prediction, one)) for one in predictions),
            "samples": tuple(sample for sample in samples if not sample.warmup),
            "warmup_samples": tuple(sample for sample in samples if sample.warmup),
        }
        return kind(**_known(kind, attributes))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise LoadError(f"{source} is no run that run.to_json() wrote: {type(error).__name__}: {error}.") from None


def to_csv(samples: Sequence[Sample]) -> str:
    """Return samples as CSV (RFC 4180) with a heading: times in seconds, an empty cell where there is none."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows([getattr(sample, name) for name in _COLUMNS] for sample in samples)
    return text.getvalue()


def _known(kind: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what this version does not know: an attribute that a later one of the same format added."""
    return {name: value for name, value in values.items() if name in kind.__dataclass_fields__}
