"""Searching in the inbox: every form of a word, both languages, one's own desks alone."""

import pytest
from sqlalchemy import delete, select

from bot.conversations.models import Customer, Note
from bot.inbox import found
from bot.records.models import ConversationLabel, Label
from bot.search.models import SearchEntry
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio


async def results(agent: AgentBrowser, words: str) -> str:
    page = await agent.page("/inbox", q=words)
    return page[page.index('id="list"') : page.index('id="list-open"')]


@pytest.mark.parametrize(
    "typed",
    [
        "zamówienia", "zamówieniu", "zamówień", "zamowienie", "ZAMÓWIENIAMI",
        "łódź", "Łodzi", "lodz", "łodzią",
        "paczek", "paczkę", "zam", "moje zamówienie lodz",
    ],
)  # fmt: skip
async def test_polish_is_found_in_every_form_and_without_diacritics(
    office: Office, typed: str
) -> None:
    anna = await office.hire()
    polish = await office.customer_says(
        "Moje zamówienie (jedna paczka) nie dotarło do Łodzi", thread="a", language="pl"
    )
    other = await office.customer_says("Zupełnie coś innego: lód i kod", thread="b")
    page = await results(anna, typed)
    assert polish in page
    assert other not in page
    assert "<mark>" in page


@pytest.mark.parametrize("typed", ["refund", "refunded", "REFUNDS", "refund order", "10482", "ref"])
async def test_english_is_found_in_every_form(office: Office, typed: str) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Please refund my orders 10482, both", thread="a")
    await office.customer_says("Where is my parcel?", thread="b")
    page = await results(anna, typed)
    assert page.count('class="row ') == 1
    assert conversation in page


async def test_all_words_have_to_stand_in_one_text(office: Office) -> None:
    anna = await office.hire()
    await office.customer_says("An invoice please", thread="a")
    await office.customer_says("My parcel is lost", thread="b")
    assert "Nothing was found" in await results(anna, "invoice parcel")
    assert "Nothing was found" in await results(anna, "¡?! …")


PHRASES = (
    ('"reklamacja obuwia"', "abc"),  # as any search: in every form, without diacritics
    ('"REKLAMACJE obuwia" zimowe', "ac"),
    ('"obuwia reklamacja"', "d"),
    ('"reklamacja obu"', ""),  # no beginnings inside of quotes …
    ('"reklamacja obu', "abc"),  # … but while they are still open
    ('"moja reklamacja" "obuwia zimowego"', "a"),
    ('"reklamacja nie" obuwia', "d"),
    ('reklamacja obuwia', "abcd"),
)  # fmt: skip


async def test_words_in_quotes_stand_one_after_the_other(office: Office) -> None:
    anna = await office.hire()
    texts = {
        "a": "Moja reklamacja obuwia zimowego",
        "b": "Nie przyjęto reklamacji (obuwie)",
        "c": "Reklamację obuwia – zimowe, brązowe – wysłałem",
        "d": "Obuwie: reklamacja, nie zwrot. Reklamacja odzieży i obuwia.",
        "e": "Zupełnie coś innego",
    }
    ids = {
        key: await office.customer_says(words, thread=key, language="pl")
        for key, words in texts.items()
    }
    for typed, finds in PHRASES:
        page = await results(anna, typed)
        found = (key for key, there in ids.items() if f'id="row-{there}"' in page)
        assert "".join(found) == finds, typed


async def test_a_phrase_is_marked_as_one(office: Office) -> None:
    anna = await office.hire()
    await office.customer_says("Please refund <my> order, my old order")
    page = await results(anna, '"my order"')
    assert "<mark>my&gt; order</mark>" in page
    assert page.count("<mark>") == 1


async def test_a_phrase_is_found_behind_texts_that_only_hold_its_words(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await office.hire()
    wanted = await office.customer_says("the left shoe", thread="first")
    for n in range(5):
        await office.customer_says("the shoe was left there", thread=f"t{n}")
    monkeypatch.setattr(found, "LOOK_AT", 2)
    page = await results(anna, '"left shoe"')
    assert wanted in page
    assert page.count('class="row ') == 1


async def test_phrases_are_found_in_notes_names_and_files(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello", customer_name="Anna Maria Kowalska")
    await anna.act(conversation, "note", note="Called the warehouse twice")
    for typed in ('"maria kowalskiej"', '"called the warehouse"'):
        assert conversation in await results(anna, typed), typed
    for typed in ('"anna kowalska"', '"called warehouse"'):
        assert "Nothing was found" in await results(anna, typed), typed


async def test_only_ones_own_desks_are_searched(office: Office) -> None:
    stranger = await office.hire("Zoe", desks=["it-help"])
    conversation = await office.customer_says("My parcel is lost", customer_name="Marta Lis")
    for typed in ("parcel", "Marta"):
        assert conversation not in await results(stranger, typed)
        assert "Nothing was found" in await results(stranger, typed)


async def test_customers_are_found_by_name_address_and_number(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello", customer_name="Łucja Wójcik")
    async with office.parts.db.write() as tx:
        customer = (await tx.session.scalars(select(Customer))).one()
        customer.email, customer.phone = "l.wojcik@example.com", "+48 600 700 800"
    for typed in ("wojcik", "Wójcikowi", "lucja", "l.wojcik@example.com", "600700800", "600 700"):
        assert conversation in await results(anna, typed), typed
    async with office.parts.db.write() as tx:
        customer = (await tx.session.scalars(select(Customer))).one()
        customer.name = "Ewa Nowak"
    assert conversation not in await results(anna, "lucja")
    assert conversation in await results(anna, "nowakiem")


async def test_notes_are_found_and_marked(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello")
    await anna.act(conversation, "note", note="Checked the warehouse in Gdańsk")
    page = await results(anna, "gdansk")
    assert conversation in page
    assert 'class="hit-kind is-note">Note' in page
    assert "<mark>Gdańsk</mark>" in page


async def test_markup_in_what_was_found_is_text(office: Office) -> None:
    anna = await office.hire()
    await office.customer_says("<script>alert(1)</script> parcel <b>x</b>")
    page = await results(anna, "parcel script")
    assert "<script>alert" not in page
    assert "&lt;<mark>script</mark>&gt;" in page


async def test_what_was_hidden_from_the_desk_is_not_found(office: Office) -> None:
    anna = await office.hire()
    await office.customer_says("My card is 4111 1111 1111 1111, thank you")
    assert "Nothing was found" in await results(anna, "4111")
    assert 'class="row ' in await results(anna, "card")


async def test_what_is_deleted_or_changed_is_not_found_any_more(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("My parcel is lost")
    await anna.act(conversation, "note", note="A secret remark")
    async with office.parts.db.write() as tx:
        note = (await tx.session.scalars(select(Note))).one()
        note.text = "Something else"
    assert "Nothing was found" in await results(anna, "secret")
    assert conversation in await results(anna, "something")
    async with office.parts.db.write() as tx:
        await tx.session.execute(delete(Note))
    assert "Nothing was found" in await results(anna, "something")


async def test_a_rolled_back_note_leaves_no_trace(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello")

    async def change_of_mind() -> None:
        async with office.parts.db.write() as tx:
            name, agent = anna.agent.name, anna.agent.id
            tx.session.add(
                Note(conversation_id=conversation, agent_id=agent, author_name=name, text="Never")
            )
            await tx.session.flush()
            kept = select(SearchEntry.id).where(SearchEntry.note_id.is_not(None))
            assert await tx.session.scalar(kept)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_of_mind()
    assert "Nothing was found" in await results(anna, "never")


async def test_more_is_found_behind_the_first_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await office.hire()
    ids = [await office.customer_says(f"My parcel {n}", thread=f"t{n}") for n in range(5)]
    monkeypatch.setattr(found, "LOOK_AT", 2)
    html, seen = await results(anna, "parcel"), []
    while True:
        seen += [part.split('"')[0] for part in html.split('id="row-')[1:]]
        if "/inbox/list/more?" not in html:
            break
        address = html.split('hx-get="/inbox/list/more?')[1].split('"')[0].replace("&amp;", "&")
        html = (await anna.http.get(f"/inbox/list/more?{address}")).text
    assert seen == ids[::-1]


async def test_a_result_opens_beside_the_results(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Zażółć gęślą jaźń & more")
    page = await anna.page("/inbox", q="zazolc &")
    address = page.split(f'href="/inbox/conversations/{conversation}')[1].split('"')[0]
    opened = (await anna.http.get(f"/inbox/conversations/{conversation}{address}")).text
    assert 'value="zazolc &amp;"' in opened
    assert "<mark>Zażółć</mark>" in opened


async def test_the_search_speaks_polish(office: Office) -> None:
    anna = await office.hire()
    await anna.post("/inbox/language", htmx=False, language="pl", back="/inbox")
    assert "Nic nie znaleziono" in await anna.page("/inbox", q="xyz")


async def test_mentions_are_a_view_and_labels_can_be_filtered_by(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("My parcel is lost", thread="a")
    other = await office.customer_says("Hello", thread="b")
    await anna.act(conversation, "note", note="@Piotr, do you know more?")
    page = await piotr.page("/inbox", view="mentions")
    assert conversation in page
    assert other not in page
    assert "No note names you" in await anna.page("/inbox", view="mentions")
    async with office.parts.db.write() as tx:
        label = Label(desk="customer-care", key="reklamacja", name="Reklamacja", colour="red")
        tx.session.add(label)
        await tx.session.flush()
        put = {"agent_id": anna.agent.id, "agent_name": "Anna", "label_id": label.id}
        tx.session.add(ConversationLabel(conversation_id=other, **put))
    for line in ("label:Reklamacja", "label:rekl*", "not label:none and label:reklamacja"):
        page = await anna.page("/inbox", view=f"where:{line}")
        assert other in page, line
        assert conversation not in page
