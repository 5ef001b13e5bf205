"""The Connectors page in a real browser, on canned answers."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import Opened
from tests.e2e.connected import connectors, operations
from tests.e2e.test_now_page import BEYOND, VARIANTS, faults

pytestmark = [pytest.mark.needs_system("chromium"), pytest.mark.slow]

ASKS = {
    "en": ("Accept these ends", "Check now", "Let writes go on", "Show the text", "Ask the tool"),
    "zh-CN": ("接受这些结束", "立即检查", "恢复回写", "显示配置", "查询工具"),
}
BESIDE = ("zbx-main", "zbx-branch", "hook-only", "plan-office")


@pytest.fixture
def connected(opened: Opened) -> Opened:
    """Let the stand-in have connectors in every state, and an admin look at them."""
    now = datetime.now(UTC)
    opened.hub.lists["connectors"] = connectors(now)
    opened.hub.lists["operations"] = operations(now)
    opened.hub.role = "admin"
    return opened


async def page_of(opened: Opened, more: str = "", lang: str = "en") -> Page:
    page = await opened.go(f"/connectors?lang={lang}{more}")
    await expect(page.locator(".connectors tbody tr").first).to_be_visible()
    if "open=" in more:
        await page.wait_for_selector(".side .detail-title")
    return page


async def beside(opened: Opened, name: str) -> tuple[Page, Locator]:
    page = await page_of(opened, f"&open={name}")
    return page, page.get_by_role("complementary")


@pytest.mark.parametrize(("theme", "lang"), VARIANTS)
async def test_axe_finds_nothing(connected: Opened, theme: str, lang: str) -> None:
    for name in ("", *BESIDE[:3]):
        more = f"&open={name}" if name else ""
        page = await page_of(connected, f"&theme={theme}{more}", lang)
        if name == "zbx-main":
            for asks in ASKS[lang]:
                await page.get_by_role("button", name=asks).click()
            await page.wait_for_selector(".steps")
        assert await faults(page) == []
    assert connected.complaints == []


@pytest.mark.parametrize("width", [320, 390, 800, 1100])
@pytest.mark.parametrize("lang", ["en", "zh-CN"])
async def test_nothing_lies_beyond_the_page(connected: Opened, lang: str, width: int) -> None:
    await connected.page.set_viewport_size({"width": width, "height": 844})
    for more in ("", "&open=zbx-main"):
        page = await page_of(connected, more, lang)
        assert await page.evaluate(BEYOND) == []


async def test_the_worst_stands_first_and_says_what_helps(connected: Opened) -> None:
    page = await page_of(connected)
    rows = page.locator(".connectors tbody tr")
    names = await rows.locator("th a").all_inner_texts()
    assert names == ["zbx-branch", "zbx-main", "am-main", "hook-only", "plan-office"]
    await expect(rows.nth(0)).to_contain_text("Needs an admin")
    await expect(rows.nth(0)).to_contain_text("check token, user and password")
    await expect(rows.nth(0)).to_contain_text("late")
    await expect(rows.nth(0)).to_contain_text("No TLS (http)")
    await expect(rows.nth(1)).to_contain_text("TLS certificate not checked")
    await expect(rows.nth(1).get_by_role("img")).to_have_attribute(
        "aria-label", "Last 24 hours: 19 h without a failed look, 5 h with failed looks, "
        "0 h without a look",
    )  # fmt: skip
    await expect(rows.nth(3)).to_contain_text("is sent to us")


async def test_the_list_is_one_request_however_many_connectors_there_are(
    connected: Opened,
) -> None:
    await page_of(connected)
    assert not [path for path in connected.hub.asked if path.endswith("/health")]


async def test_a_number_is_the_filter_that_it_counts_and_the_address_holds_it(
    connected: Opened,
) -> None:
    page = await page_of(connected)
    await page.get_by_role("link", name="Failing 1").click()
    rows = page.locator(".connectors tbody tr")
    await expect(rows).to_have_count(1)
    await page.goto(page.url)
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("zbx-main")


async def test_the_keyboard_reaches_a_connector_and_gets_its_place_back(
    connected: Opened,
) -> None:
    page = await page_of(connected)
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".side .detail-title")
    assert "open=zbx-branch" in page.url
    await page.keyboard.press("Escape")
    await expect(page.locator(".side")).to_have_count(0)
    await expect(page.get_by_role("link", name="zbx-branch")).to_be_focused()


async def test_what_is_not_polled_says_so_and_offers_no_look(connected: Opened) -> None:
    _, side = await beside(connected, "hook-only")
    await expect(side).to_contain_text("by webhook only")
    await expect(side.get_by_role("button", name="Look now")).to_have_count(0)
    _, side = await beside(connected, "plan-office")
    await expect(side).to_contain_text("a plan file is read when it changes")


async def test_ends_that_are_held_back_are_accepted_on_the_second_press_only(
    connected: Opened,
) -> None:
    _, side = await beside(connected, "zbx-main")
    guard = side.get_by_role("region", name="Ends that are held back")
    await expect(guard).to_contain_text("62 of 100 open alerts")
    await guard.get_by_role("button", name="Accept these ends").click()
    await expect(guard).to_contain_text("Nothing is written to the tool.")
    assert connected.hub.acted == []
    await guard.get_by_role("button", name="End 62 alerts").click()
    await expect(guard).to_have_count(0)
    assert connected.hub.acted == [("zbx-main", "sync", {"accept_gone": True})]


async def test_a_limit_and_a_token_that_ends_are_said_before_they_hurt(
    connected: Opened,
) -> None:
    page, side = await beside(connected, "zbx-main")
    row = page.get_by_role("row", name="zbx-main")
    await expect(row).to_contain_text("Token ends")
    await expect(row).to_contain_text("Asked to wait until")
    await expect(side).to_contain_text("7 of 100 left")
    _, side = await beside(connected, "am-main")
    await expect(side).to_contain_text("the tool does not say")


async def test_a_check_tells_each_step_in_a_word_and_what_helps(connected: Opened) -> None:
    _, side = await beside(connected, "zbx-main")
    await side.get_by_role("button", name="Check now").click()
    await expect(side).to_contain_text("1 step failed.")
    steps = side.locator(".steps > li")
    await expect(steps).to_have_count(3)
    await expect(steps.nth(1)).to_contain_text("Failed")
    await expect(steps.nth(1)).to_contain_text("make a new one under Users, API tokens")
    await expect(steps.nth(2)).to_contain_text("Not tried")


async def test_writes_are_stopped_at_once_and_go_on_only_when_it_is_said_twice(
    connected: Opened,
) -> None:
    _, side = await beside(connected, "am-main")
    await side.get_by_role("button", name="Stop all writes").click()
    await expect(side).to_contain_text("by li.na")
    await side.get_by_role("button", name="Let writes go on").click()
    await expect(side).to_contain_text("is sent to am-main at once")
    await side.get_by_role("button", name="Write to the tool again").click()
    await expect(side.get_by_role("button", name="Stop all writes")).to_be_visible()
    assert [body for _, _, body in connected.hub.acted] == [{"stopped": True}, {"stopped": False}]


async def test_the_ledger_says_what_became_of_a_write_and_why(connected: Opened) -> None:
    named = operations(datetime.now(UTC))[0]["alert"]
    connected.hub.lists["alerts"][0].update(ref=named, title="DiskAlmostFull")
    _, side = await beside(connected, "zbx-main")
    first = side.locator("h3", has_text="Newest writes").locator("+ ul > li").first
    await expect(first).to_contain_text("Refused")
    await expect(first).to_contain_text("an admin adds it to")
    await expect(first.get_by_role("link")).to_have_text("DiskAlmostFull")


async def test_errors_are_counted_and_what_the_tool_said_stands_behind(
    connected: Opened,
) -> None:
    _, side = await beside(connected, "zbx-main")
    await expect(side).to_contain_text("40 times")
    said = side.get_by_text('{"jsonrpc"')
    await expect(said).to_be_hidden()
    await side.get_by_text("What the tool said").click()
    await expect(said).to_be_visible()


async def test_rejected_records_open_beside_the_list(connected: Opened) -> None:
    page, side = await beside(connected, "zbx-main")
    await side.get_by_role("link", name="3", exact=True).click()
    await expect(side.get_by_role("heading", level=2)).to_contain_text("zbx-main")
    assert "open=rejected" in page.url


async def test_who_only_reads_sees_everything_and_no_action(connected: Opened) -> None:
    connected.hub.role = "viewer"
    _, side = await beside(connected, "zbx-main")
    await expect(side).to_contain_text("An admin may check, pause and switch writes.")
    await expect(side).to_contain_text("62 of 100 open alerts")
    await expect(side.get_by_role("button")).to_have_count(1)  # Close
    await expect(side.get_by_role("button")).to_contain_text("Close")


async def test_a_hub_without_connectors_says_where_to_set_one_up(connected: Opened) -> None:
    connected.hub.lists["connectors"] = []
    page = await connected.go("/connectors?lang=en")
    await expect(page.get_by_text("see milepost.yaml")).to_be_visible()


async def test_a_list_that_cannot_be_read_says_why_and_can_be_tried_again(
    connected: Opened,
) -> None:
    connected.hub.broken = {"connectors"}
    page = connected.page
    await page.goto(f"{connected.base}/connectors?lang=en")
    await expect(page.get_by_text("Connectors: could not be read")).to_be_visible(timeout=15_000)
    connected.hub.broken = set()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".connectors tbody tr").first).to_be_visible()


async def test_a_connector_that_is_gone_is_said_to_be_gone(connected: Opened) -> None:
    page = await connected.go("/connectors?lang=en&open=nobody")
    await expect(page.get_by_role("complementary")).to_contain_text("no longer known")


async def test_what_the_tool_knows_is_asked_for_and_may_be_copied(connected: Opened) -> None:
    _, side = await beside(connected, "zbx-main")
    await side.get_by_role("button", name="Ask the tool").click()
    await expect(side).to_contain_text("141 of 164 hosts belong to a service.")
    claim = side.get_by_role("listitem").filter(has_text="erp-db rests on storage")
    await expect(claim).to_contain_text("Not in the catalogue")
    await expect(claim).to_contain_text("One below 机房 is enough.")
    await expect(side.locator("pre", has_text="depends_on")).to_contain_text("service: storage")
    await expect(side).to_contain_text("and 11 more")
    await expect(side.get_by_role("listitem").filter(has_text="存储扩容")).to_contain_text(
        "In force"
    )
    await expect(side).to_contain_text("the user may not call sla.get")


async def test_a_tool_that_knows_nothing_of_hosts_is_not_asked(connected: Opened) -> None:
    _, side = await beside(connected, "am-main")
    await expect(side.get_by_role("button", name="Pause")).to_be_visible()
    await expect(side.get_by_role("button", name="Ask the tool")).to_have_count(0)
