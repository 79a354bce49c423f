"""How fast one phone may send: a bucket that fills by the second.

Rules
1. Each process counts for itself; a phone that is held back keeps what it has and sends it later.
2. Tokens that do not hold are not counted: guessing at 256 bits needs no brake, and behind a proxy all phones have one
   address.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

BURST = 1_200
"""Requests that a phone may send at once: a week's reports with their photographs."""
PER_SECOND = 20
PHONES_MAX = 4_096
"""Phones counted at one time; with more, all begin anew."""


@dataclass
class Rates:
    burst: int = BURST
    per_second: int = PER_SECOND
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allowed(self, phone: str, seconds: float) -> bool:
        """Whether a phone may send at an instant; the request is counted."""
        with self._lock:
            if phone not in self._left and len(self._left) >= PHONES_MAX:
                self._left.clear()
            left, last = self._left.get(phone, (float(self.burst), seconds))
            left = min(float(self.burst), left + max(0.0, seconds - last) * self.per_second)
            self._left[phone] = (max(0.0, left - 1), seconds)
            return left >= 1
