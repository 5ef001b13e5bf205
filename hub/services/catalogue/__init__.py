"""The service catalogue: read `services.yaml`, and bind what services deliver to milestones."""

from hub.services.catalogue.binding import Binding, Unbound, bind
from hub.services.catalogue.document import load, loose_ends

__all__ = ["Binding", "Unbound", "bind", "load", "loose_ends"]
