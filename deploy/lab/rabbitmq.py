"""A real RabbitMQ with an Erlang port mapper of its own, both on loopback."""

import signal
from dataclasses import dataclass, field

from deploy.lab.ports import LOOPBACK, free_ports, greets
from deploy.lab.processes import House
from deploy.lab.programs import find


@dataclass
class RabbitMQ:
    """One broker; `start` after `stop` or `kill` finds the same queues on the same port."""

    house: House
    name: str = "rabbitmq"
    ports: list[int] = field(default_factory=lambda: free_ports(3))

    @property
    def url(self) -> str:
        """Return its address, with the lab's account."""
        return f"amqp://lab:lab@{LOOPBACK}:{self.ports[0]}//"

    def start(self) -> "RabbitMQ":
        """Start it and wait until it speaks AMQP; some six seconds the first time."""
        amqp, _dist, mapper = self.ports
        environment = self._environment()
        if not self.house.alive(self._mapper):
            # Otherwise Erlang starts a daemon on all interfaces that outlives us.
            self.house.start(
                self._mapper,
                [str(find("epmd")), "-port", str(mapper), "-address", LOOPBACK],
                # A name request; the first four bytes of the answer are the mapper's own port.
                lambda: greets(mapper, b"\x00\x01n", mapper.to_bytes(4, "big")),
                env=environment,
            )
        self.house.start(
            self.name,
            [str(find("rabbitmq"))],
            # The protocol header is answered by a method frame on channel 0.
            lambda: greets(amqp, b"AMQP\x00\x00\x09\x01", b"\x01\x00\x00"),
            env=environment,
            seconds=90,
        )
        return self

    def stop(self) -> None:
        """Shut it down; the port mapper stays for the next start."""
        self.house.stop(self.name)

    def kill(self) -> None:
        """End it as a crash would."""
        self.house.stop(self.name, signal.SIGKILL)

    @property
    def _mapper(self) -> str:
        return f"{self.name}-epmd"

    def _environment(self) -> dict[str, str]:
        amqp, dist, mapper = self.ports
        folder = self.house.root / self.name
        for name in ("mnesia", "log", "home"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "plugins").write_text("[].\n")
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = {LOOPBACK}:{amqp}\n"
            "log.console = false\nlog.file.level = warning\n"
            "default_user = lab\ndefault_pass = lab\n"
            "vm_memory_high_watermark.absolute = 1GB\ndisk_free_limit.absolute = 50MB\n"
        )
        return {
            # `localhost` spares a look-up of the machine's own name.
            "RABBITMQ_NODENAME": f"lab{amqp}@localhost",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "config"),
            "RABBITMQ_DIST_PORT": str(dist),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ("-kernel inet_dist_use_interface {127,0,0,1}"),
            "HOME": str(folder / "home"),
            "ERL_EPMD_PORT": str(mapper),
            "ERL_EPMD_ADDRESS": LOOPBACK,
        }
