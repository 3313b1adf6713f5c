"""Pages of information: written by staff in Markdown, every version kept, both languages, safe as HTML."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from portal.information import files, markdown, operations
from portal.models import Page, PageVersion

WORDS = {"title": "Правила", "text": "## Можно\n\nПисать **вежливо**.", "summary": "Что можно"}


@pytest.fixture
def editor(make_user: Callable[..., User]) -> User:
    return make_user(is_staff=True, is_superuser=True)


@pytest.fixture
def rules(editor: User) -> Page:
    page = Page(slug="rules", in_footer=True)
    operations.save_page(by=editor, page=page, words=WORDS, is_draft=False)
    return page


def save(page: Page, by: User, *, is_draft: bool = False, **words: Any) -> PageVersion | None:
    return operations.save_page(by=by, page=page, words=WORDS | words, is_draft=is_draft)


def test_a_page_is_read_and_named_in_every_footer(client: Client, rules: Page) -> None:
    text = client.get("/pages/rules/").content.decode()
    assert "<h1>Правила</h1>" in text
    assert "Писать <strong>вежливо</strong>." in text
    assert '<a href="/pages/rules/">Правила</a>' in client.get("/authorities/").content.decode()
    assert "Что можно" in client.get("/pages/").content.decode()


def test_a_draft_is_for_staff_and_the_public_reads_what_was_before(
    client: Client, rules: Page, editor: User
) -> None:
    save(rules, editor, is_draft=True, text="Ещё не решено.")
    assert "вежливо" in client.get("/pages/rules/").content.decode()
    assert client.get("/pages/rules/?version=2").status_code == 404
    client.force_login(editor)
    draft = client.get("/pages/rules/?version=2")
    assert "Ещё не решено." in draft.content.decode()
    assert draft["Cache-Control"] == "private, no-store"


def test_earlier_editions_stay_in_public(client: Client, rules: Page, editor: User) -> None:
    save(rules, editor, text="Новый порядок.")
    assert "Новый порядок." in client.get("/pages/rules/").content.decode()
    old = client.get("/pages/rules/?version=1").content.decode()
    assert "вежливо" in old
    assert "Это прежняя редакция." in old
    for wrong in ("0", "9", "x", "-1", "²", "9" * 20):
        assert client.get("/pages/rules/", {"version": wrong}).status_code == 404


def test_a_version_is_never_changed_nor_removed(rules: Page) -> None:
    for change in (
        lambda: PageVersion.objects.update(text="Другое"),
        lambda: PageVersion.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_save_that_changes_no_word_makes_no_version(rules: Page, editor: User) -> None:
    assert save(rules, editor) is None
    assert save(rules, editor, is_draft=True) is not None
    assert list(rules.versions.values_list("number", flat=True)) == [2, 1]


def test_a_page_that_is_not_shown_is_nowhere(client: Client, rules: Page) -> None:
    Page.objects.update(is_shown=False)
    assert client.get("/pages/rules/").status_code == 404
    assert "Правила" not in client.get("/pages/").content.decode()


def test_english_falls_back_to_russian_and_says_so(
    client: Client, rules: Page, editor: User
) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert '<article lang="ru">' in client.get("/pages/rules/").content.decode()
    save(rules, editor, title_en="Rules", text_en="Write politely.")
    text = client.get("/pages/rules/").content.decode()
    assert "<h1>Rules</h1>" in text
    assert '<article lang="ru">' not in text


def test_staff_save_look_and_bring_back_in_the_administration(
    client: Client, rules: Page, editor: User
) -> None:
    client.force_login(editor)
    address = f"/admin/portal/page/{rules.pk}/change/"
    form = {
        "kind": "page",
        "slug": "rules",
        "position": "0",
        "is_shown": "on",
        "title": "Правила портала",
        "text": "Коротко.",
        "note": "Сократили",
        "versions-TOTAL_FORMS": "0",
        "versions-INITIAL_FORMS": "0",
    }
    saved = client.post(address, form)
    assert saved.status_code == 302, saved.context["errors"]
    newest = rules.versions.get(number=2)
    assert (newest.saved_by, newest.note, newest.text) == (editor, "Сократили", "Коротко.")
    listed = client.get(address).content.decode()
    assert "/pages/rules/?version=1" in listed
    assert "Коротко." in listed
    # The old text stands in the form again; saving it makes a third version.
    assert "вежливо" in client.get(address + "?bring_back=1").content.decode()
    assert client.get("/admin/portal/page/").status_code == 200
    assert client.get("/admin/portal/page/add/").status_code == 200


def test_a_service_says_for_whom_and_where(client: Client, editor: User) -> None:
    operations.save_page(
        by=editor,
        page=Page(slug="kindergarten", kind="service"),
        words=WORDS
        | {"title": "Детский сад", "audience": "Родителям", "link": "https://example.org/"},
        is_draft=False,
    )
    assert "Родителям" in client.get("/services/").content.decode()
    text = client.get("/pages/kindergarten/").content.decode()
    assert 'href="https://example.org/"' in text


def test_the_first_pages_come_once_and_never_write_over_staff(
    client: Client, rules: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_pages")
    call_command("import_pages")
    assert "0 pages made" in capsys.readouterr().out
    assert rules.versions.count() == 1
    shown = Page.objects.filter(slug__in=["about", "rules", "personal-data", "accessibility"])
    assert shown.count() == 4
    for page in Page.objects.all():
        for language in ("ru", "en"):
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            text = client.get(f"/pages/{page.slug}/").content.decode()
            assert " style=" not in text
            if page != rules:
                assert '<article lang="ru">' not in text


@pytest.mark.django_db
def test_a_file_that_is_no_page_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.md").write_text("просто текст")
    with pytest.raises(files.PageFileError, match=r"broken\.md"):
        files.read(tmp_path)


@pytest.mark.django_db
def test_empty_lists_help(client: Client) -> None:
    for path in ("/pages/", "/services/"):
        assert "Сотрудники пока ничего здесь не опубликовали." in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("[x](javascript:alert(1))", "href"),
        ("[x](data:text/html,1)", "href"),
        ("![x](https://example.org/spy.png)", "<img"),
        ("|a|\n|--:|\n|1|", "style="),
        ("# Заголовок", "<h1"),
    ],
)
def test_markdown_makes_nothing_dangerous(text: str, never: str) -> None:
    assert never not in markdown.render(text).html


@pytest.mark.parametrize("href", ["https://example.org/", "HTTP://example.org/", "//example.org/"])
def test_a_link_that_leads_elsewhere_says_so(href: str) -> None:
    assert 'rel="noopener"' in markdown.render(f"[x]({href})").html
    assert "rel=" not in markdown.render("[x](/issues/)").html


@given(st.text(alphabet="<>&\"'#[](){}!`*_|-: \njavscript:x", max_size=80))
def test_no_text_becomes_a_tag_of_its_own(text: str) -> None:
    html = markdown.render(text).html
    assert "<script" not in html
    assert "javascript:" not in html.lower() or 'href="javascript:' not in html.lower()
