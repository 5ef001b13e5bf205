"""Certificates of a private authority, of ours, and of nobody; proxies with an account."""

import ssl
from pathlib import Path

import pytest
import trustme

from hub.errors import Misconfigured, Transient
from tests.integration.wire.conftest import Ask
from tests.simulators.weather import Proxy, answering, forwarding, plain

GOOD = plain("200 OK", b"{}")


def serving(authority: trustme.CA, *names: str, asks: bool = False) -> ssl.SSLContext:
    """Return the TLS side of a server whose certificate is for `names`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    if asks:
        context.verify_mode = ssl.CERT_REQUIRED
        authority.configure_trust(context)
    return context


@pytest.fixture
def roots(authority: trustme.CA, tmp_path: Path) -> Path:
    """Return the authority's certificate as a file."""
    place = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(place))
    return place


@pytest.fixture
def own(authority: trustme.CA, tmp_path: Path) -> tuple[Path, Path]:
    """Return a certificate of ours and its key, each in a file."""
    made = authority.issue_cert("hub@example.org")
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    made.cert_chain_pems[0].write_to_path(str(certificate))
    made.private_key_pem.write_to_path(str(key))
    return certificate, key


async def test_a_private_authority_is_trusted_when_it_is_named(
    ask: Ask, authority: trustme.CA, roots: Path
) -> None:
    async with answering(GOOD, serving(authority, "127.0.0.1")) as server:
        assert (await ask(server.url, ca_file=roots)).status == 200
        with pytest.raises(Misconfigured, match=r"not trusted .*ca_file"):
            await ask(server.url)


async def test_a_certificate_for_another_host_is_refused(
    ask: Ask, authority: trustme.CA, roots: Path
) -> None:
    async with answering(GOOD, serving(authority, "other.example")) as server:
        with pytest.raises(Misconfigured, match=r"names another host .*in the certificate"):
            await ask(server.url, ca_file=roots)


async def test_verification_is_off_only_where_an_admin_says_so(
    ask: Ask, authority: trustme.CA
) -> None:
    async with answering(GOOD, serving(authority, "other.example")) as server:
        assert (await ask(server.url, verify_tls=False)).status == 200


async def test_a_tool_that_asks_for_our_certificate_gets_it(
    ask: Ask, authority: trustme.CA, roots: Path, own: tuple[Path, Path]
) -> None:
    certificate, key = own
    async with answering(GOOD, serving(authority, "127.0.0.1", asks=True)) as server:
        given = {"ca_file": roots, "client_cert": certificate, "client_key": key}
        assert (await ask(server.url, **given)).status == 200
        with pytest.raises((Misconfigured, Transient), match=r"127\.0\.0\.1"):
            await ask(server.url, ca_file=roots)


async def test_files_that_cannot_be_used_are_named_with_their_setting(
    ask: Ask, authority: trustme.CA, own: tuple[Path, Path], tmp_path: Path
) -> None:
    certificate, _ = own
    nothing, other = tmp_path / "nothing.pem", tmp_path / "other.key"
    nothing.write_text("no certificate")
    authority.issue_cert("x.example").private_key_pem.write_to_path(str(other))
    url = "https://127.0.0.1:1/"
    for settings, says in (
        ({"ca_file": tmp_path / "absent.pem"}, "ca_file: .*absent.pem cannot be read"),
        ({"ca_file": nothing}, "ca_file: .*nothing.pem holds no certificate"),
        ({"client_cert": certificate}, "client_cert: .*no certificate and key|client_cert: "),
        (
            {"client_cert": certificate, "client_key": other},
            "client_key: .*does not belong to the certificate",
        ),
    ):
        with pytest.raises(Misconfigured, match=says):
            await ask(url, **settings)


async def test_plain_http_behind_an_https_address_is_said(ask: Ask) -> None:
    async with answering(GOOD) as server:
        with pytest.raises((Misconfigured, Transient), match=r"127\.0\.0\.1"):
            await ask(server.url.replace("http:", "https:"))


@pytest.mark.parametrize("secure", [False, True])
async def test_a_proxy_with_an_account_is_asked_for_what_only_it_can_reach(
    ask: Ask, authority: trustme.CA, roots: Path, *, secure: bool
) -> None:
    tls = serving(authority, "tool.test") if secure else None
    async with answering(GOOD, tls) as server:
        proxy = Proxy({"tool.test": server.port}, account=("hub", "hunter2"))
        scheme = "https" if secure else "http"
        async with forwarding(proxy):
            settings = {
                "proxy": proxy.url, "proxy_username": "hub", "proxy_password": "hunter2",
                "ca_file": roots,
            }  # fmt: skip
            answer = await ask(f"{scheme}://tool.test/x", **settings)
            assert answer.status == 200
    assert len(proxy.seen) == 1
    assert b"hunter2" not in server.asked[0]


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_does_not_know_us_says_which_settings_are_missing(
    ask: Ask, scheme: str
) -> None:
    async with forwarding(Proxy({}, account=("hub", "hunter2"))) as proxy:
        with pytest.raises(Misconfigured, match="proxy_username"):
            await ask(f"{scheme}://tool.test/", proxy=proxy.url)


async def test_who_is_in_no_proxy_is_asked_directly(ask: Ask) -> None:
    async with answering(GOOD) as server, forwarding(Proxy({})) as proxy:
        assert (await ask(server.url, proxy=proxy.url)).status == 200
        assert proxy.seen == []
