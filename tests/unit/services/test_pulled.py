"""Pulled pages in the journal."""

from hub.contract import Gone, Page, Record
from hub.services.pulled import encoded, reread


def test_what_was_pulled_is_read_again_as_it_was() -> None:
    page = Page(
        (Record("problem", "1", {"name": "磁盘"}, "v", "7"), Record("problem", "2", {"n": [1]})),
        gone=(Gone("problem", "8", "3", "left"),),
    )
    spanned, body = encoded(page)
    for record, one in zip(spanned.records, page.records, strict=True):
        assert record.span is not None
        assert body[slice(*record.span)].startswith(b'{"kind":"problem"')
        assert (record.key, record.body) == (one.key, one.body)
    assert reread(None, body) == spanned


def test_a_record_that_cannot_be_kept_holds_up_no_other() -> None:
    odd = Record("problem", "1\ud800", {"name": "half \ud800 of a character"})
    spanned, body = encoded(Page((odd, Record("problem", "2", {"name": "x"}))))
    assert [one.key for one in spanned.records] == ["2"]
    (rejected,) = spanned.rejected
    assert (rejected.kind, rejected.path) == ("problem", "1?")
    assert rejected.message.startswith("cannot be kept: ")
    assert [one.key for one in reread(None, body).records] == ["2"]
