"""The only door to objects. Every view, export and count goes through a `Door`, and a `Door` asks `mechanism.release`.

Rules
1. A door belongs to one reader on one record at one instant. It denies by default: what the reader may not see is absent,
   and absent things are not counted, ordered by or hinted at.
2. Something that is not there and something that may not be seen give the same answer: `Absent`.
3. Groupings are shown with the reports that the reader may see; a public reader sees a grouping only when all of it is
   public.
4. Acts go through the door as well: it loads the threads and calls the mechanism's verb.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.drafts import Claim
from tiga.drafts.examinations import ClaimOfFile
from tiga.fusion.claims import claims_of
from tiga.fusion.reasons import Rival
from tiga.mechanism import (
    affairs,
    casedeeds,
    communiques,
    deadlines,
    imposed,
    incidents,
    matching,
    release,
    sessions,
    sheets,
    tally,
)
from tiga.mechanism import cases as case_rules
from tiga.mechanism import reports as report_rules
from tiga.mechanism.acts import Actor, Outcome, Refusal
from tiga.mechanism.deciders import marking
from tiga.mechanism.incidents import report_of
from tiga.mechanism.release import Reader
from tiga.mechanism.sheets.entries import PointGiven
from tiga.mechanism.standing import Standing
from tiga.record.book import Stale
from tiga.record.disclosures import Disclosure
from tiga.record.entries import Entry
from tiga.record.refusals import Refused
from tiga.record.tiles import Row
from tiga.store import queries, vault, witnessing
from tiga.store.desk import ClockBack, Desk, Done
from tiga.store.guard import Stopped
from tiga.store.queries import ReportView
from tiga.values.moments import Instant
from tiga.values.names import printed_number
from tiga.web import bases, grids
from tiga.web.exhibits import Exhibits, HandedOut, stopped_refusal
from tiga.web.grading import Grading
from tiga.web.inbox import Inbox
from tiga.web.keeping import Keeping
from tiga.web.offering import Offering
from tiga.web.sights import Absent as Absent
from tiga.web.sights import AffairView, CaseView, Happening, Pair, ReplyView, Said, Word
from tiga.web.sights import Result as Result
from tiga.web.suggesting import Suggesting
from tiga.web.takeout import TakeOut
from tiga.web.telling import Telling

TRIES = 4


class Suppressed(Absent):
    """An entry whose bytes were deleted by a quorum; that it is there, and its hash, everybody may know who may read it."""


@dataclass
class Door:
    """What one reader may see of one record, and do on it, at `now`."""

    desk: Desk
    reader: Reader
    actor: Actor | None
    now: Instant
    clock: Callable[[], Instant] = field(default=lambda: Instant(0), repr=False)
    entropy: Callable[[int], bytes] = field(default=os.urandom, repr=False)
    signed: bytes = field(default=b"", repr=False)
    _reports: list[ReportView] | None = field(default=None, repr=False)
    _happenings: list[Happening] | None = field(default=None, repr=False)

    # ---- the record itself

    @cached_property
    def roster(self) -> Standing:
        return self.desk.standing(("matches",))

    @cached_property
    def reach(self) -> release.Reach:
        return release.reach(self.reader)

    @property
    def scope(self) -> str:
        return self.roster.scope

    @property
    def agreement(self) -> Agreement:
        if self.roster.agreement is None:
            raise Absent("agreement")
        return self.roster.agreement

    def head(self):  # type: ignore[no-untyped-def]
        return self.desk.ledger.head()

    def acts(self, start: int | None = None, number: int = 50) -> list[Any]:
        """Entries that the reader may know of, newest first; the public sees what is public alone."""
        newest = self.desk.ledger.size() - 1 if start is None else start
        return [row for row in queries.acts(self.desk, newest, number) if self._sees_act(row)]

    def _sees_act(self, row: Any) -> bool:
        return release.may_see(self.reader, row.level, row.party)

    def entry(self, index: int) -> tuple[Any, Entry, bytes, tuple[Disclosure, ...]]:
        """An entry with its proof and the values this reader may read."""
        if not 0 <= index < self.desk.ledger.size():
            raise Absent(index)
        row = queries.act(self.desk, index)
        if row is None and release.may_see(self.reader, "R1") and self.desk.ledger.is_suppressed(index):
            raise Suppressed(index)
        if row is None or not self._sees_act(row):
            raise Absent(index)
        entry = self.desk.ledger.entry(index)
        return row, entry, self._proof(index), self.released(entry)

    def _proof(self, index: int) -> bytes:
        """The proof of an entry in the head that most witnesses have cosigned."""
        return self.desk.ledger.proof(index, witnessing.best(self.desk, index))

    def entry_rows(self, start: int, stop: int) -> list[Row]:
        """The entries from `start` to before `stop` for a bundle: in full where the reader may know of them, else as leaf."""
        seen = {row.idx for row in queries.acts_between(self.desk, start, stop) if self._sees_act(row)}
        leaves = self.desk.ledger.leaves(start, stop)
        return [
            Row(leaf, note if index in seen else None, suppressed=note is None)
            for index, (leaf, note) in enumerate(leaves, start)
        ]

    def proof(self, index: int) -> bytes:
        self.entry(index)
        return self._proof(index)

    def index_of(self, sid: str) -> int:
        index = self.desk.ledger.index_of(sid)
        row = queries.act(self.desk, index) if index is not None else None
        if row is None or not self._sees_act(row):
            raise Absent(sid)
        return int(row.idx)

    def released(self, entry: Entry) -> tuple[Disclosure, ...]:
        rows = vault.disclosures(self.desk.alias, entry.sid)
        if entry.envelope.act == case_rules.ReplySealed.ACT:
            case = self.desk.standing((f"case:{entry.envelope.case}",)).cases.get(entry.envelope.case)
            party = str(entry.envelope.body.get("party", ""))
            draft = str(entry.envelope.body.get("draft", ""))
            allowed = case is not None and release.may_see_reply(self.reader, case, party, draft)
            return tuple(value for _, _, value in rows) if allowed else ()
        if entry.envelope.act == sessions.PositionSealed.ACT:
            return tuple(value for _, _, value in rows) if self._sees_position(entry) else ()
        return tuple(value for _, levels, value in rows if self._may_read(entry, levels))

    def _may_read(self, entry: Entry, levels: Iterable[tuple[str, str]]) -> bool:
        """Whether a value of an entry was released to this reader; a precise point only to the readers named."""
        if not release.may_see_any(self.reader, levels):
            return False
        if entry.envelope.act != PointGiven.ACT:
            return True
        named, heir = entry.envelope.body.get("readers", ()), self.roster.heir
        names = {heir(str(name)) for name in named} if isinstance(named, (list, tuple)) else set()
        return release.may_see_named(self.reader, heir(self.actor.key) if self.actor else "", names)

    def _sees_position(self, entry: Entry) -> bool:
        """Whether the reader may read a position in a session, which is sealed until the item's positions are opened."""
        session, component = (str(entry.envelope.body.get(name, "")) for name in ("session", "component"))
        standing = self.desk.standing((f"{sessions.NAME}:{session}",))
        return release.may_see_position(self.reader, component, sessions.positions_open(standing, session, entry.sid))

    # ---- reports and happenings

    def related(self, incident: str) -> tuple[incidents.IncidentRelated, ...]:
        """What is said to connect an adopted incident with others, for those who may know of incidents."""
        if not release.may_see(self.reader, "R1"):
            return ()
        row = self.desk.standing((f"incident:{incident}",)).incidents.get(incident)
        return row.related if row else ()

    def reports(self) -> list[ReportView]:
        """Reports that the reader may see, by start; loaded once."""
        if self._reports is None:
            found = [view for view in queries.reports(self.desk, self.reach) if self._sees_report(view)]
            known = {view.sid for view in found}
            self._reports = [self._shown(view, known) for view in found]
        return self._reports

    def holding(self, sids: Iterable[str]) -> tuple[str, ...]:
        """The threads of these reports and of all incidents that hold one of them: what adopting them reads."""
        wanted = set(sids)
        own = (f"incident:{row.sid}" for row in queries.incidents(self.desk) if wanted & set(row.reports))
        return (*(f"report:{sid}" for sid in sorted(wanted)), *own)

    def readable(self, sids: Iterable[str]) -> dict[str, str]:
        """Of these reports, those that the reader may read, each with its level."""
        wanted = sorted(set(sids))
        views = queries.reports(self.desk, self.reach, wanted) if wanted else []
        return {view.sid: view.level for view in views if self._sees_report(view)}

    def report(self, sid: str) -> ReportView:
        for view in queries.reports(self.desk, self.reach, [sid]):
            if self._sees_report(view):
                return self._shown(view, self.readable(name for name in (view.revised_by, view.revises) if name))
        raise Absent(sid)

    def outside(self, view: ReportView) -> str:
        """The state not party to the agreement of which a report speaks, whose acts are outside the mandate; or empty."""
        return report_rules.outside(self.roster.agreement, view.report)

    def _sees_report(self, view: ReportView) -> bool:
        shared = [("R2", party) for party in view.shared.split(",") if party]
        return release.may_see_any(self.reader, [(view.level, view.party), *shared])

    def _shown(self, view: ReportView, known: Container[str]) -> ReportView:
        """A report as the reader may see it: who filed a sealed one is known to the mediators' side alone, and of a version
        that the reader may not read not even the sid is."""
        later, before = (name if name in known else "" for name in (view.revised_by, view.revises))
        by = view.by if not view.sealed or release.may_see(self.reader, "R3") else ""
        return replace(view, by=by, revised_by=later, revises=before)

    def happenings(self) -> list[Happening]:
        """Suggested groupings, or on an exercise or live record the adopted incidents first and the rest suggested; made once."""
        if self._happenings is None:
            self._happenings = self._made()
        return self._happenings

    def _made(self) -> list[Happening]:
        by_sid = {view.sid: view for view in self.reports()}
        adopted: list[Happening] = []
        taken: set[str] = set()
        for row in queries.incidents(self.desk):
            views = [by_sid[sid] for sid in row.reports if sid in by_sid]
            if views and (len(views) == len(row.reports) or release.may_see(self.reader, "R1")):
                claims = row.claims if row.gazetteer == self.desk.gazetteer.digest() else ()
                found = self._happening(row.sid, "I", True, views, partial(incidents.holds, row.reports, claims))
                adopted.append(found)
                taken |= {claim.claim_id for claim in found.claims}
        rows = adopted + [
            happening
            for group_id, _, claims in queries.groups(self.desk, self.audience)
            if (happening := self._suggested(group_id, claims, by_sid, taken)) is not None
        ]
        return sorted(rows, key=lambda row: (row.earliest, row.id))

    @property
    def may_decide(self) -> bool:
        """Whether the reader is offered to say that two reports are of one happening, or are not."""
        return self.reader.role in marking.DECIDERS

    @property
    def audience(self) -> str:
        """Whose groupings the reader gets: made from what all parties may see, or from what is public."""
        return "R1" if release.may_see(self.reader, "R1") else "R0"

    def _suggested(
        self, group_id: str, claims: tuple[str, ...], by_sid: dict[str, ReportView], taken: set[str]
    ) -> Happening | None:
        seen = [claim for claim in claims if report_of(claim) in by_sid]
        if taken.issuperset(seen):
            return None
        views = [by_sid[report_of(claim)] for claim in seen]
        return self._happening(group_id, "G", False, views, frozenset(claims).__contains__)

    def _happening(
        self, id: str, prefix: str, adopted: bool, views: list[ReportView], holds: Callable[[str], bool]
    ) -> Happening:
        """A happening of these reports and of those of their claims that it holds; of a report whose claims the gazetteer now
        numbers otherwise, of all of them."""
        ordered = tuple(
            sorted({view.sid: view for view in views}.values(), key=lambda view: (view.report.when.earliest, view.sid))
        )
        claims: list[Claim] = []
        for view in ordered:
            told = claims_of(view.sid, view.report, self.desk.gazetteer)
            claims += [claim for claim in told if holds(claim.claim_id)] or told
        return Happening(id, printed_number(prefix, id), adopted, ordered, tuple(claims))

    def happening(self, id: str) -> Happening:
        """The grouping or incident of this id, or the grouping that now holds the claim of this id."""
        rows = self.happenings()
        for row in rows:
            if row.id == id:
                return row
        for row in rows:
            if id in {claim.claim_id for claim in row.claims}:
                return row
        raise Absent(id)

    def why(self, happening: Happening) -> tuple[list[Pair], Rival | None]:
        """The comparisons that touch a happening and whose both sides the reader may see, strongest first; and the other group
        that agrees best."""
        seen = {view.sid for view in self.reports()}
        inside = {claim.claim_id for claim in happening.claims}
        found = queries.why(self.desk, inside, self.audience)
        rows = [
            Pair(row, row.left in inside and row.right in inside)
            for row in found.matches
            if report_of(row.left) in seen and report_of(row.right) in seen
        ]
        return rows, found.rival if found.rival is not None and report_of(found.rival.group_id) in seen else None

    def compared(self, left: str, right: str) -> tuple[Pair, tuple[Happening, Happening]] | None:
        """Two claims that the reader may see, weighed against each other, and the happenings that they are in; None where one
        of the two is never compared. Raises Absent."""
        homes = self.happening(left), self.happening(right)
        found = queries.why(self.desk, (left,), self.audience, ((left, right),))
        row = next((row for row in found.matches if {row.left, row.right} == {left, right}), None)
        return (Pair(row, homes[0].id == homes[1].id), homes) if row is not None else None

    def words(self) -> list[Word]:
        """Decisions on matches whose both reports the reader may see, oldest first."""
        seen = {view.sid for view in self.reports()}
        return [
            Word(
                row.sid,
                row.left,
                row.right,
                row.same,
                row.reason,
                row.by,
                Instant(row.at_ms),
                row.withdrawn,
                row.refused,
            )
            for row in queries.decisions(self.desk)
            if report_of(row.left) in seen and report_of(row.right) in seen
        ]

    def grade_rows(self, views: Iterable[ReportView]) -> list[Any]:
        """The grades of these reports that the reader may see, oldest first: both parties those of an open report, the
        mediators' side alone those of a sealed one, the public none."""
        sids = [view.sid for view in views if self._sees_report(view)]
        if not sids or not release.may_see(self.reader, "R1"):
            return []
        return [
            row for row in queries.grades(self.desk, sids) if release.may_see(self.reader, "R3" if row.sealed else "R1")
        ]

    # ---- cases

    def cases(self) -> list[Any]:
        """Cases that the reader may see, newest first, each with its number."""
        return [row for row in queries.cases(self.desk) if release.may_see(self.reader, "R1") or row.public]

    def case(self, sid: str, extra: Iterable[str] = ()) -> CaseView:
        standing = queries.case(self.desk, sid, extra)
        case = standing.cases.get(sid)
        if case is None or not release.may_see_case(self.reader, standing, case):
            raise Absent(sid)
        values = queries.replies(self.desk, [reply.sid for reply in case.replies])
        replies = tuple(self._reply(case, reply, values.get(reply.sid, {})) for reply in case.replies)
        views = queries.reports(self.desk, self.reach, [case.opened.report])
        complaint = next((view for view in views if self._sees_report(view)), None)
        acts = tuple(row for row in queries.acts_of(self.desk, sid) if self._sees_act(row))
        # What stage a case is at is no secret; what a draft says is: so the stage is told before drafts are taken out.
        state, stayed, clocks = (
            case_rules.state(standing, case),
            case_rules.stayed(standing, case),
            deadlines.clocks(standing, case),
        )
        offered = self.deeds.on(casedeeds.NAME, standing, sid, state)
        case = self._redacted(standing, case)
        files = self.exhibits.of_case(sid, case.evidence)
        number = printed_number("C", sid)
        basis = bases.basis(self, standing, case, standing.findings.get(case.finding))
        return CaseView(sid, number, standing, case, state, stayed, replies, clocks, acts, complaint, files, offered,
                        self._appealed(case), basis)  # fmt: skip

    def basis_day(self, case: str, finding: str) -> str:
        """The day since which a finding that the reader knows of has another basis than it was made on; or empty."""
        return bases.changed_day(self, queries.case(self.desk, case), finding)

    def rebased(self) -> frozenset[str]:
        """The cases, of those that the reader may see, whose finding rests on other reports than those it is bound to, as far
        as the reader may know of that yet."""
        known = (1 << 62) if release.may_see(self.reader, "R3") else self.now.ms
        return frozenset(row.sid for row in self.cases() if row.basis == "changed" and row.basis_told_ms <= known)

    def _redacted(self, standing: Standing, case: case_rules.Case) -> case_rules.Case:
        """Drafts of the panel are not there for whoever may not see them; returns the case without them."""
        for rows in (standing.findings, standing.determinations, standing.measures):
            for sid in [sid for sid, row in rows.items() if not self._sees_draft(row.in_force, standing, case)]:
                del rows[sid]  # type: ignore[attr-defined]
        for sid in [sid for sid, row in standing.papers.items() if not self._sees_draft(row.in_force, standing, case)]:
            del standing.papers[sid]
        votes = case.course.votes if release.may_see(self.reader, "R3") else ()
        standing.cases[case.sid] = redacted = replace(
            case,
            course=replace(case.course, votes=votes),
            finding=case.finding if case.finding in standing.findings else "",
            determination=case.determination if case.determination in standing.determinations else "",
            measures=tuple(sid for sid in case.measures if sid in standing.measures),
            dissents=case.dissents if case.finding in standing.findings else (),
            supports=case.supports if case.finding in standing.findings else (),
        )
        return redacted

    def _sees_draft(self, in_force: Instant | None, standing: Standing, case: case_rules.Case) -> bool:
        if self.reader.role in ("public", "analyst"):
            return in_force is not None and release.may_see_case(self.reader, standing, case)
        return release.may_see_draft(self.reader, in_force)

    def _reply(self, case: case_rules.Case, reply: case_rules.Reply, value: dict[str, Any]) -> ReplyView:
        if not release.may_see_reply(self.reader, case, reply.party, reply.draft):
            return ReplyView(reply.sid, reply.party, reply.at, reply.late)
        text, language = str(value.get("text", "")), str(value.get("language", "en"))
        return ReplyView(reply.sid, reply.party, reply.at, reply.late, text, language, True)

    def _appealed(self, case: case_rules.Case) -> dict[str, Said]:
        """The words of the case's appeals that were released to the reader."""
        found = queries.appeals(self.desk, [row.sid for row in case.course.appeals])
        return {
            sid: Said(str(value.get("text", "")), str(value.get("language", "en")))
            for sid, value in found.items() if release.may_see_any(self.reader, value["levels"])
        }  # fmt: skip

    def file(self, case_sid: str, sid: str) -> HandedOut | Refusal:
        """A file of a case in the form that the reader may have, after its line of the disclosure log is durable."""
        return self.exhibits.hand(case_sid, sid)

    def due(self) -> list[tuple[Any, str]]:
        """Clocks still running or overdue on cases the reader may see, with the case's number, as they fall due."""
        if not release.may_see(self.reader, "R1"):
            return []
        rows, seen = queries.clocks(self.desk), {row.sid: "C" for row in self.cases()}
        if others := {row.case for row in rows if row.concept != "case"}:
            found = queries.affairs_at(self.desk, others)
            seen |= {
                row.sid: self.prefix(row.concept) for row in found if release.may_see(self.reader, row.level, row.side)
            }
        return [(row, printed_number(seen[row.case], row.case)) for row in rows if row.case in seen]

    def measures(self) -> tuple[imposed.Row, ...]:
        """The ledger of measures, for both parties and the mediators' side; drafts are the panel's own."""
        if not release.may_see(self.reader, "R1"):
            raise Absent("measures")
        rows = imposed.ledger(queries.measures(self.desk), self.now)
        return tuple(row for row in rows if row.status != "waiting" or release.may_see(self.reader, "R3"))

    def rulings(self) -> tuple[tally.Row, ...]:
        """What was ruled for each party, in the agreement's order; what is pending for those of R1 alone."""
        if self.scope == "press":
            return ()
        return tally.rulings(queries.all_cases(self.desk), pending=release.may_see(self.reader, "R1"))

    def signed_text(self, text: str) -> matching.Match | communiques.Match | None:
        """Whether a text is a finding or a communiqué that was signed, as far as this reader may know of it."""
        open_to_all = not release.may_see(self.reader, "R1")
        found = matching.matches(text, queries.all_cases(self.desk), published=open_to_all)
        return found or self.telling.match(text)

    # ---- affairs beside cases

    def concepts(self) -> tuple[str, ...]:
        """The concepts of this record's affairs: none on a press record, and none for whoever sees nothing of R1."""
        return () if self.scope == "press" or not release.may_see(self.reader, "R0") else tuple(affairs.BY_NAME)

    def prefix(self, concept: str) -> str:
        return affairs.BY_NAME[concept].PREFIX

    def affairs(self, concept: str) -> list[Any]:
        """The objects of a concept that the reader may see, newest first."""
        return [row for row in queries.affairs(self.desk, concept) if release.may_see(self.reader, row.level, row.side)]

    def affair(self, concept: str, sid: str) -> AffairView:
        """An object with the facts that the reader may see, its acts, and the deeds offered on it."""
        standing = self.desk.standing((f"{concept}:{sid}",))
        seen = affairs.BY_NAME[concept].sight(standing, sid)
        if seen is None or not release.may_see(self.reader, seen.level, seen.side):
            raise Absent(sid)
        facts = tuple(
            fact for fact in seen.facts
            if release.may_see(self.reader, fact.level or seen.level, fact.side if fact.level else seen.side)
        )  # fmt: skip
        offered = self.deeds.on(concept, standing, sid, seen.state)
        entries, _ = self.desk.ledger.threads((f"{concept}:{sid}",))
        rows = tuple(
            row for row in queries.acts_at(self.desk, [entry.index for entry in entries]) if self._sees_act(row)
        )
        told = sheets.told(standing, sid, self.told(entries, rows)) if concept == sheets.NAME else ()
        return AffairView(replace(seen, facts=(*facts, *told)), offered, rows, told)

    def told(self, entries: Iterable[Entry], rows: Iterable[Any]) -> tuple[sheets.Told, ...]:
        """What entries disclose to this reader, of those that the reader may know of, in log order."""
        seen = {row.idx for row in rows}
        known = [entry for entry in entries if entry.index in seen]
        values = vault.disclosures_of(self.desk.alias, [entry.sid for entry in known])
        return tuple(
            sheets.Told(entry.sid, entry.envelope.act, item.value)
            for entry in known
            for _, levels, item in values.get(entry.sid, ())
            if self._may_read(entry, levels)
        )

    def title(self, concept: str, title: str, language: str) -> str:
        """An object's title in the reader's language."""
        return grids.title(self.agreement, concept, title, language)

    # ---- input that was set aside

    def set_aside(self, upload: str = "") -> list[Any]:
        """Faulty rows: the secretariat sees all, others what they sent themselves."""
        rows = {row.sha256: row for row in self.uploads()}
        return [row for row in queries.set_aside(self.desk, upload) if row.upload in rows]

    def uploads(self) -> list[Any]:
        if self.actor is None:
            return []
        everything = self.reader.role == "secretariat"
        return [row for row in queries.uploads(self.desk) if everything or row.sender == self.actor.key]

    # ---- acting

    def salts(self) -> tuple[bytes, ...]:
        """Six draws for the values of one act; the same again when its text comes back signed."""
        return tuple(self.entropy(16) for _ in range(6))

    def act(self, threads: Iterable[str], decide: Callable[[Standing], Outcome]) -> Result:
        """Do something on the record with these threads loaded; a reader without a key is refused.

        Where somebody else was faster, it is decided again at the record's new time. Where the key is not kept here, the
        answer is the text to sign; it is entered when it comes back (`signed`).
        """
        wanted = tuple(threads)
        return self.tried(lambda actor: self.desk.act(wanted, decide, actor, self.signed))

    def tried(self, attempt: Callable[[Actor], Result]) -> Result:
        """An attempt at an act, again where somebody else was faster; refused to whoever has no key in force."""
        if self.actor is None or not self.actor.key:
            return Refusal("not_signed_in")
        if self.actor.key in self.roster.revoked:
            return Refusal("key_ended", values={"member": self.actor.key})
        self._reports = self._happenings = None
        for _ in range(TRIES):
            try:
                return attempt(self.actor)
            except (Stale, ClockBack):
                self.now = self.desk.now(self.clock())
            except Refused as refused:
                return Refusal("text_stale") if refused.code == "record.refused.other_text" else Refusal("unsignable")
            except Stopped as stopped:
                return stopped_refusal(stopped)
        return Refusal("busy")

    def wall(self) -> Instant:
        """The time outside; never before the door's own."""
        return max(self.now, self.clock())

    def deposit(
        self, case_sid: str, data: bytes, decide: Callable[[Standing], Outcome], claim: ClaimOfFile | None = None
    ) -> Result:
        """Deposit a file on a case that the reader may see; once it is durable, it is examined."""
        self.case(case_sid)
        wanted = self.case_threads(case_sid)
        done = self.tried(lambda actor: self.desk.deposit(wanted, data, decide, actor, self.signed))
        if isinstance(done, Done):
            self.exhibits.examine(case_sid, done.receipt.sid, claim)
        return done

    @cached_property
    def exhibits(self) -> Exhibits:
        """Deposited files: what they say about themselves, and their way out of the house."""
        return Exhibits(self)

    @cached_property
    def deeds(self) -> Offering:
        """What is offered to be done, and the doing of it."""
        return Offering(self)

    @cached_property
    def custody(self) -> Keeping:
        """The record's own matters: witnesses, filings, values, circulating texts."""
        return Keeping(self)

    @cached_property
    def grading(self) -> Grading:
        """What people think of reports, and their acts."""
        return Grading(self)

    @cached_property
    def inbox(self) -> Inbox:
        """Phones, and what they sent."""
        return Inbox(self)

    @cached_property
    def suggesting(self) -> Suggesting:
        """What suggested incidents rest on."""
        return Suggesting(self)

    @cached_property
    def takeout(self) -> TakeOut:
        """What leaves the house as one file that verifies offline."""
        return TakeOut(self)

    @cached_property
    def telling(self) -> Telling:
        """What the affairs tell beyond their facts."""
        return Telling(self)

    def case_threads(self, sid: str) -> tuple[str, ...]:
        return queries.case_threads(self.desk, sid)

    def report_threads(self, sid: str) -> tuple[str, ...]:
        return queries.report_threads(self.desk, sid)

    def grade_threads(self, report: str) -> tuple[str, ...]:
        return queries.grade_threads(self.desk, report)


def name_of(agreement: Agreement, id: str, audience: str, language: str) -> tuple[str, str]:
    """The display name of a party or mediator for an audience, with its language."""
    return reading.display(agreement, id, audience, language)
