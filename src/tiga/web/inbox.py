"""The door's way to phones and what they sent.

Rules
1. The secretariat sees every phone and every submission; a monitor the own ones, by key. For anybody else they are not there:
   what waits in the inbox is not an act yet, and is nobody's to read but its sender's and the secretariat's.
2. Phones are enrolled and revoked by the secretariat, for monitors' keys that are kept on this machine: what such a phone
   sends must be signed here.
3. A conflict is settled by its sender or by the secretariat. Nothing is deleted by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.mechanism.acts import Refusal
from tiga.store import devices, submissions, uptake
from tiga.store.devices import Phone
from tiga.store.guard import Stopped
from tiga.store.submissions import File, View
from tiga.store.uptake import Taken
from tiga.values.moments import Instant
from tiga.web.sights import Absent

if TYPE_CHECKING:
    from tiga.web.access import Door

VIEWS_MAX = 400
"""Versions of submissions that one page shows: the newest."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A submission with its versions and what clashes with them, oldest first."""

    root: str
    views: tuple[View, ...]

    @property
    def newest(self) -> Instant:
        return max(view.at for view in self.views)


@dataclass(frozen=True)
class Inbox:
    """What one door shows of phones, and does with them."""

    door: Door

    @property
    def _key(self) -> str:
        """The key whose submissions are shown; empty for all. Raises Absent for whoever sees none."""
        actor, role = self.door.actor, self.door.reader.role
        if actor is None or not actor.key or role not in ("monitor", "secretariat"):
            raise Absent("inbox")
        return "" if role == "secretariat" else actor.key

    # ---- phones

    def phones(self) -> list[Phone]:
        key = self._key
        return [phone for phone in devices.phones(self.door.desk) if not key or phone.key == key]

    def keys(self) -> list[str]:
        """Monitors' keys for which the secretariat may enrol a phone; none for a monitor."""
        if self._key:
            return []
        desk = self.door.desk
        return [name for name in desk.keyring.names() if devices.holds(desk, name)]

    def enrol(self, key: str, label: str, now: Instant, entropy: Callable[[int], bytes]) -> tuple[str, Phone] | Refusal:
        """A new phone and its token, which is told this once; `entropy` is nothing that a page knows. Raises Absent."""
        if key not in self.keys():
            raise Absent(key)
        try:
            return devices.enrol(self.door.desk, key, label, now, entropy)
        except devices.TooMany:
            return Refusal("phones_many", values={"limit": str(devices.DEVICES_MAX)})

    def revoke(self, number: str, now: Instant) -> None:
        """End a phone's token: the secretariat any, a monitor the own ones; raises Absent."""
        if number not in {phone.number for phone in self.phones()}:
            raise Absent(number)
        devices.revoke(self.door.desk, number, now)

    # ---- submissions

    def chains(self) -> list[Chain]:
        """Submissions with their versions, the newest first."""
        found: dict[str, list[View]] = {}
        for view in submissions.views(self.door.desk.alias, key=self._key, newest=VIEWS_MAX):
            found.setdefault(view.root, []).append(view)
        rows = [Chain(root, tuple(views)) for root, views in found.items()]
        return sorted(rows, key=lambda chain: (-chain.newest.ms, chain.root))

    def view(self, number: str) -> View:
        for view in submissions.views(self.door.desk.alias, key=self._key, numbers=(number,)):
            return view
        raise Absent(number)

    def labels(self) -> Mapping[str, str]:
        """What the phones are called, by number."""
        return {phone.number: phone.label for phone in self.phones()}

    def file(self, number: str, file_number: str) -> tuple[File, bytes]:
        """A file of a submission with its bytes; raises Absent."""
        for file in self.view(number).files:
            if file.number == file_number:
                try:
                    return file, submissions.file_bytes(self.door.desk.alias, file)
                except LookupError as error:
                    raise Absent(file_number) from error
        raise Absent(file_number)

    def settle(self, number: str, take: bool, now: Instant) -> bool:
        self.view(number)
        by = self.door.actor.key if self.door.actor else ""
        return submissions.settle(self.door.desk.alias, number, take, by, now)

    def take_up(self, wall: Instant) -> Taken | Refusal:
        """Make reports of what was kept, now rather than at the next hour of `tiga routine`."""
        if self._key:
            raise Absent("take-up")
        try:
            return uptake.take_up(self.door.desk, self.door.desk.now(wall), wall, self.door.entropy)
        except Stopped as stopped:
            values = {name: str(value) for name, value in stopped.values.items()}
            return Refusal("stopped", values={"code": stopped.code, **values})
