"""The word-by-word difference of two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landespreis.textdiff import MOST_WORDS, Segment, paragraphs, segments

SAME, NEW = False, True


def test_segments_equal_texts_have_no_change() -> None:
    left, right = segments("Ein Satz.\n\nNoch einer.", "Ein Satz.\n\nNoch einer.")

    assert left == right == [Segment("Ein Satz.\n\nNoch einer.", SAME)]


def test_segments_mark_the_changed_word_on_each_side() -> None:
    left, right = segments("Seit 2023 laufen 31 Pegel zusammen.", "Seit 2023 laufen 34 Pegel zusammen.")

    assert left == [Segment("Seit 2023 laufen ", SAME), Segment("31", NEW), Segment(" Pegel zusammen.", SAME)]
    assert right == [Segment("Seit 2023 laufen ", SAME), Segment("34", NEW), Segment(" Pegel zusammen.", SAME)]


def test_segments_join_neighbouring_changed_words() -> None:
    left, right = segments("Das spart Zeit.", "Nach Abzug spart das Zeit.")

    assert Segment("Nach Abzug", NEW) in right
    assert "".join(segment.text for segment in left) == "Das spart Zeit."


def test_segments_change_never_spans_a_line_end() -> None:
    left, _ = segments("eins zwei\ndrei vier", "ganz\nanders")

    assert left == [Segment("eins zwei", NEW), Segment("\n", SAME), Segment("drei vier", NEW)]


def test_segments_added_paragraph_is_marked_on_its_side_only() -> None:
    left, right = segments("Eins.\n\nZwei.", "Eins.\n\nDazwischen.\n\nZwei.")

    assert left == [Segment("Eins.\n\nZwei.", SAME)]
    assert right == [Segment("Eins.\n\n", SAME), Segment("Dazwischen.", NEW), Segment("\n\nZwei.", SAME)]


def test_segments_split_paragraph_is_no_change() -> None:
    left, right = segments("Eins zwei drei vier.", "Eins zwei\n\ndrei vier.")

    assert not any(segment.changed for segment in [*left, *right])


def test_segments_windows_line_ends_are_no_change() -> None:
    left, right = segments("Eins.\r\nZwei.", "Eins.\nZwei.")

    assert left == right


def test_segments_against_nothing_all_is_changed() -> None:
    left, right = segments("", "Ein Satz.")

    assert (left, right) == ([], [Segment("Ein Satz.", NEW)])


@pytest.mark.parametrize("words", [["a"] * 20_000, [str(n) for n in range(MOST_WORDS + 1)]])
def test_segments_huge_text_is_changed_as_a_whole(words: list[str]) -> None:
    text = " ".join(words)

    left, right = segments(text, text + " ende")

    assert (left, right) == ([Segment(text, NEW)], [Segment(text + " ende", NEW)])


def test_paragraphs_split_at_blank_lines_only() -> None:
    cut = [Segment("Eins", SAME), Segment("\nnoch\n\nZwei ", SAME), Segment("neu", NEW), Segment("\n \n", SAME)]

    assert paragraphs(cut) == [
        [Segment("Eins", SAME), Segment("\nnoch", SAME)],
        [Segment("Zwei ", SAME), Segment("neu", NEW)],
    ]


def test_paragraphs_of_nothing_are_none() -> None:
    assert paragraphs([]) == []


texts = st.text(alphabet="ab c\n", max_size=60)


@given(texts, texts)
def test_segments_lose_nothing(left: str, right: str) -> None:
    cut_left, cut_right = segments(left, right)

    assert "".join(segment.text for segment in cut_left) == left
    assert "".join(segment.text for segment in cut_right) == right


@given(texts, texts)
def test_segments_unchanged_words_are_the_same_on_both_sides(left: str, right: str) -> None:
    kept = [[word for s in cut if not s.changed for word in s.text.split()] for cut in segments(left, right)]

    assert kept[0] == kept[1]
