"""The shipped agreements, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tiga.agreement.clauses import Agreement
from tiga.agreement.reading import agreement
from tiga.cli.yaml_nodes import load

AGREEMENTS = Path(__file__).parents[3] / "agreements"


@pytest.fixture(scope="session")
def doha_text() -> str:
    return (AGREEMENTS / "doha-istanbul-2025" / "agreement.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def slmm_text() -> str:
    return (AGREEMENTS / "slmm-2002" / "agreement.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def doha(doha_text: str) -> Agreement:
    return agreement(load(doha_text.encode()).data)


@pytest.fixture(scope="session")
def slmm(slmm_text: str) -> Agreement:
    return agreement(load(slmm_text.encode()).data)
