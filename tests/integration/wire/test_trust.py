"""Certificates of a private authority, of ours, and of nobody; proxies with an account."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from hub.contract import Connection
from hub.errors import HubError, Misconfigured, Transient
from hub.wire import open_wire
from hub.wire.way import Way
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


async def test_a_certificate_that_is_over_is_said_to_be(
    ask: Ask, authority: trustme.CA, roots: Path
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    over = datetime(2020, 1, 1, tzinfo=UTC)
    authority.issue_cert("127.0.0.1", not_before=over, not_after=over).configure_cert(context)
    async with answering(GOOD, context) as server:
        with pytest.raises(Misconfigured, match=r"not valid any more .*renew it"):
            await ask(server.url, ca_file=roots)


async def test_a_self_signed_certificate_is_trusted_when_it_is_itself_named(
    ask: Ask, tmp_path: Path
) -> None:
    alone, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    whole = tmp_path / "alone.pem"
    whole.write_bytes(alone.private_key_pem.bytes() + alone.cert_pem.bytes())
    context.load_cert_chain(whole)
    async with answering(GOOD, context) as server:
        with pytest.raises(Misconfigured, match=r"self-signed .*name a file with it in ca_file"):
            await ask(server.url)


@contextmanager
def choosy(tls: ssl.SSLContext) -> Iterator[str]:
    """Yield the address of a server that tells whom it refuses, which asyncio's does not."""

    def serve(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                conversation, _ = listening.accept()
                secured = tls.wrap_socket(
                    conversation, server_side=True, do_handshake_on_connect=False
                )
                with suppress(OSError):
                    secured.do_handshake()
                # Read what comes before hanging up: else the system takes the refusal back.
                with socket.socket(fileno=secured.detach()) as rest:
                    while rest.recv(1 << 16):
                        pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_tool_that_wants_our_certificate_says_so_and_a_strangers_is_refused(
    ask: Ask, authority: trustme.CA, roots: Path, tmp_path: Path, version: ssl.TLSVersion
) -> None:
    stranger = tmp_path / "stranger.pem"
    trustme.CA().issue_cert("hub@example.org").private_key_and_cert_chain_pem.write_to_path(
        str(stranger)
    )
    tls = serving(authority, "127.0.0.1", asks=True)
    tls.maximum_version = version
    with choosy(tls) as url:
        with pytest.raises(Misconfigured, match=r"wants a certificate of us .*client_cert"):
            await ask(url, ca_file=roots)
        with pytest.raises(Misconfigured, match=r"refuses our certificate .*instead of"):
            await ask(url, ca_file=roots, client_cert=stranger)


async def test_a_key_with_a_passphrase_asks_nobody_on_the_terminal(
    ask: Ask, own: tuple[Path, Path], tmp_path: Path
) -> None:
    certificate, key = own
    locked = tmp_path / "locked.key"
    made = load_pem_private_key(key.read_bytes(), None)
    locked.write_bytes(
        made.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open sesame")
        )
    )
    with pytest.raises(Misconfigured, match=r"client_key: .*locked\.key is encrypted"):
        await ask("https://127.0.0.1:1/", client_cert=certificate, client_key=locked)


async def test_a_renewed_authority_counts_without_a_restart(
    authority: trustme.CA, tmp_path: Path
) -> None:
    file = tmp_path / "changing.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    wire = open_wire("tool", Connection(ca_file=file))
    async with answering(GOOD, serving(authority, "127.0.0.1")) as server:
        for _ in range(2):
            with pytest.raises(Misconfigured, match="holds other authorities"):
                await wire.ask("GET", server.url)
        authority.cert_pem.write_to_path(str(file), append=True)
        assert (await wire.ask("GET", server.url)).status == 200
        asked = await wire.blocking(lambda session: session.get(server.url).status_code)
        assert asked == 200
        await wire.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_not_there_is_named(
    ask: Ask, scheme: str, free_tcp_port: int
) -> None:
    proxy = f"http://127.0.0.1:{free_tcp_port}"
    with pytest.raises(Transient, match=f"the proxy {proxy}: refuses the connection"):
        await ask(f"{scheme}://tool.test/", proxy=proxy)


@pytest.mark.parametrize(
    ("answers", "kind", "says"),
    [
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", Transient, "502"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", Misconfigured, "no_proxy"),
        (b"", Transient, "cut off"),
    ],
)
async def test_a_proxy_that_makes_no_tunnel_is_one_of_the_four_errors(
    ask: Ask, answers: bytes, kind: type[HubError], says: str
) -> None:
    async with forwarding(Proxy({}, answers=answers)) as proxy:
        with pytest.raises(kind, match=says):
            await ask("https://tool.test/", proxy=proxy.url)


@pytest.mark.parametrize(
    ("rules", "host", "through"),
    [
        ((), "tool.test", True),
        ((), "localhost", False),
        ((), "x.localhost", False),
        ((), "127.8.8.8", False),
        ((), "[::1]", False),
        (("tool.test",), "TOOL.test", False),
        (("tool.test",), "a.tool.test", True),
        ((".test",), "tool.test", False),
        ((".tool.test",), "tool.test", False),
        ((".tool.test",), "mytool.test", True),
        (("10.0.0.0/8",), "10.1.2.3", False),
        (("10.0.0.0/8",), "11.1.2.3", True),
        (("10.1.2.3",), "10.1.2.3", False),
        (("fd00::/8",), "[fd00::7]", False),
        (("*",), "tool.test", False),
        (("*",), "10.1.2.3", False),
    ],
)
def test_who_goes_through_the_proxy(rules: tuple[str, ...], host: str, *, through: bool) -> None:
    given = {"proxy": "http://127.0.0.1:3128", "no_proxy": rules}
    way = Way(Connection.model_validate(given))
    assert (way.asked("GET", f"http://{host}:8/x", {}).through is not None) is through


async def test_a_header_that_cannot_be_sent_is_named_without_its_value(ask: Ask) -> None:
    with pytest.raises(Misconfigured, match="headers: the value of X-Key") as met:
        await ask("http://127.0.0.1:1/", headers={"X-Key": "hunter2\nX-More: 1"})
    assert "hunter2" not in str(met.value)
