"""The book in memory keeps the protocol."""

from __future__ import annotations

import pytest

from tests.core.record import known
from tiga.record import checkpoints, proofs
from tiga.record.book import Book, MemoryBook, Stale, Submission
from tiga.record.refusals import Refused


def _submission(number: int, *threads: str) -> Submission:
    return Submission(known.entry(known.report(number=number), known.MONITOR), threads or ("case:c-417",))


def test_a_new_book_has_a_signed_empty_head() -> None:
    book: Book = MemoryBook(known.ORIGIN, known.LOG, known.KEYS, known.CHECK)
    head = checkpoints.open_checkpoint(book.head().checkpoint, known.LOG.key, known.CHECK)
    assert (head.size, head.root) == (0, book.head().root)
    assert (book.origin, book.thread("case:c-417")) == (known.ORIGIN, ())
    for call in (book.entry, book.proof):
        with pytest.raises(IndexError):
            call(0)


def test_the_log_key_bears_the_origin() -> None:
    with pytest.raises(ValueError):
        MemoryBook("tiga.example/other", known.LOG, known.KEYS, known.CHECK)


def test_an_entry_is_receipted_with_its_proof_and_read_back() -> None:
    book = known.book()
    one, two = book.enter([_submission(7), _submission(8, "case:c-417", "report:8")], {"case:c-417": 2})
    assert ((one.index, two.index), two.sid) == ((3, 4), known.report(number=8).sid)
    assert proofs.verify(two.proof, book.entry(4).note, known.LOG.key, known.CHECK)[0] == 4
    assert [entry.index for entry in book.thread("case:c-417")] == [1, 2, 3, 4]
    assert book.thread("report:8") == (book.entry(4),)
    assert (book.entry(4).sid, book.entry(4).signers) == (two.sid, (known.MONITOR.key.name,))


def test_a_thread_that_has_moved_is_stale() -> None:
    book = known.book()
    for after in ({"case:c-417": 1}, {"case:c-417": -1}, {"case:c-417": 2, "new": 0}):
        with pytest.raises(Stale):
            book.enter([_submission(7)], after)
    assert book.head().size == 3
    assert [receipt.index for receipt in book.enter([_submission(7)], {"case:c-417": 2, "new": -1})] == [3]


def test_a_statement_is_entered_once() -> None:
    book = known.book()
    first = book.enter([_submission(7)], {"case:c-417": 2})
    signed_again = Submission(known.entry(known.report(number=7), known.MONITOR, known.MEDIATOR), ("other",))
    assert book.enter([_submission(7)], {"case:c-417": 2}) == first
    assert book.enter([signed_again, signed_again], {"case:c-417": 2}) == first * 2
    assert (book.head().size, book.thread("other")) == (4, ())
    twice = book.enter([_submission(8), _submission(8), _submission(7)], {"case:c-417": 3})
    assert [receipt.index for receipt in twice] == [4, 4, 3]
    assert book.head().size == 5


def test_all_or_nothing() -> None:
    book = known.book()
    bad = Submission(known.entry(known.report(number=9), known.STRANGER), ())
    before = book.head()
    with pytest.raises(Refused) as caught:
        book.enter([_submission(7), bad], {})
    assert (caught.value.code, book.head()) == ("record.refused.unknown_key", before)
    with pytest.raises(Refused) as caught:
        book.enter([_submission(7)] * 513, {})
    assert caught.value.code == "record.refused.batch"


def test_keys_may_grow() -> None:
    book = known.book()
    submission = Submission(known.entry(known.report(number=9), known.STRANGER), ())
    book.keys = {**book.keys, known.STRANGER.key.name: known.STRANGER.key}
    assert [receipt.index for receipt in book.enter([submission], {})] == [3]


def test_two_books_of_the_same_entries_are_byte_identical() -> None:
    one, two = known.book(others=300), known.book(others=300)
    assert (one.head(), one.proof(17)) == (two.head(), two.proof(17))
    assert proofs.verify(one.proof(17), one.entry(17).note, known.LOG.key, known.CHECK)[0] == 17
