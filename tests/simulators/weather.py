"""Bad weather on a wire: a server that answers byte by byte what a test wants, and a proxy.

They are real sockets: what a client sees is what a broken network or a tired server shows it.
"""

import asyncio
import base64
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field

Answers = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


def plain(status: str, body: bytes = b"", *headers: str, kind: str = "application/json") -> Answers:
    """Answer one whole HTTP message."""
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    text = "\r\n".join([*head, *headers, "Connection: close", "", ""]).encode() + body
    return raw(text)


def raw(*pieces: bytes, pause: float = 0, reset: bool = False) -> Answers:
    """Send these bytes with pauses between; then hang up, politely or not."""

    async def answer(_: bytes, out: asyncio.StreamWriter) -> None:
        for piece in pieces:
            out.write(piece)
            await out.drain()
            await asyncio.sleep(pause)
        if reset:
            out.transport.abort()

    return answer


async def silence(_: bytes, __: asyncio.StreamWriter) -> None:
    """Take the question and never answer: a black hole."""
    await asyncio.sleep(3600)


def dripping_head(pause: float = 0.02) -> Answers:
    """Send the head of an answer a byte at a time, and never come to its end."""
    return raw(b"HTTP/1.1 200 OK\r\nX-Long: ", *([b"x"] * 10_000), pause=pause)


async def endless(_: bytes, out: asyncio.StreamWriter) -> None:
    """Send a body that has no end, as fast as it is taken."""
    out.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while not out.is_closing():
        out.write(bytes(1 << 16))
        await out.drain()


def dripping(total: int = 10_000, pause: float = 0.02, *, last: bool = False) -> Answers:
    """Promise an answer and send it a byte at a time."""
    more = "Connection: close\r\n" if last else ""
    head = f"HTTP/1.1 200 OK\r\n{more}Content-Length: {total}\r\n\r\n".encode()
    return raw(head, *([b" "] * total), pause=pause)


@dataclass
class Server:
    """What listens; `asked` are the heads of the questions, with their bodies' beginnings."""

    port: int
    asked: list[bytes] = field(default_factory=list)
    secure: bool = False

    @property
    def url(self) -> str:
        """Return its address."""
        return f"{'https' if self.secure else 'http'}://127.0.0.1:{self.port}/"


@asynccontextmanager
async def answering(answers: Answers, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Listen on a free port of loopback and answer each connection's first question."""
    tasks: set[asyncio.Task[None]] = set()
    server: Server

    async def serve(incoming: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        try:
            head = await incoming.readuntil(b"\r\n\r\n")
            server.asked.append(head)
            await answers(head, out)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            out.close()

    def begin(incoming: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(serve(incoming, out))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listening = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=tls)
    server = Server(listening.sockets[0].getsockname()[1], secure=tls is not None)
    try:
        yield server
    finally:
        listening.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def deaf() -> Iterator[int]:
    """Yield a port of loopback that never completes a connection: its queue is full."""
    with socket.socket() as listening, ExitStack() as waiting:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = int(listening.getsockname()[1])
        for _ in range(4):  # the system takes one more than it was told, and then none
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield port


@dataclass
class Proxy:
    """A forward proxy: it alone knows where `names` are; `seen` are the first lines it was told.

    `answers` stands for every answer where it is given.
    """

    names: dict[str, int]
    account: tuple[str, str] | None = None
    answers: bytes | None = None
    port: int = 0
    seen: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def forwarding(proxy: Proxy) -> AsyncIterator[Proxy]:
    """Run a proxy: CONNECT for https, the absolute form for http."""

    async def serve(incoming: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        try:
            head = await incoming.readuntil(b"\r\n\r\n")
            await _forward(proxy, head, incoming, out)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            out.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.port = listening.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listening.close()


async def _forward(
    proxy: Proxy, head: bytes, incoming: asyncio.StreamReader, out: asyncio.StreamWriter
) -> None:
    first, _, rest = head.decode("latin-1").partition("\r\n")
    proxy.seen.append(first)
    if proxy.account is not None:
        wanted = base64.b64encode(":".join(proxy.account).encode()).decode()
        if f"proxy-authorization: basic {wanted}".lower() not in rest.lower():
            out.write(
                b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                b'Proxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'
            )
            await out.drain()
            return
    if proxy.answers is not None:
        out.write(proxy.answers)
        await out.drain()
        return
    method, target, version = first.split(" ")
    host = target.partition("://")[2].partition("/")[0] if "://" in target else target
    port = proxy.names[host.partition(":")[0]]
    far_in, far_out = await asyncio.open_connection("127.0.0.1", port)
    if method == "CONNECT":
        out.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    else:
        path = "/" + target.partition("://")[2].partition("/")[2]
        # What is meant for the proxy stays there (RFC 9110, 11.7.2).
        kept = [line for line in rest.split("\r\n") if not line.lower().startswith("proxy-")]
        far_out.write("\r\n".join([f"{method} {path} {version}", *kept]).encode("latin-1"))
    await asyncio.gather(_pump(incoming, far_out), _pump(far_in, out))


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    except ConnectionError:
        pass
    finally:
        target.close()
