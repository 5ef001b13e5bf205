"""The media type Milepost, as Zabbix imports it and as its API takes it. Pure."""

import json
from importlib.resources import files
from typing import Final

NAME: Final = "Milepost"
PLACEHOLDER: Final = "<the connector's webhook_secret>"
"""Stands where a person has to put the secret in."""

_MACROS: Final[dict[str, str]] = {
    "event_id": "{EVENT.ID}",
    "event_source": "{EVENT.SOURCE}",
    "event_object": "{EVENT.OBJECT}",
    "event_value": "{EVENT.VALUE}",
    "event_name": "{EVENT.NAME}",
    "event_nseverity": "{EVENT.NSEVERITY}",
    "event_opdata": "{EVENT.OPDATA}",
    "event_date": "{EVENT.DATE}",
    "event_time": "{EVENT.TIME}",
    "event_timestamp": "{EVENT.TIMESTAMP}",
    "event_tags": "{EVENT.TAGSJSON}",
    "event_ack": "{EVENT.ACK.STATUS}",
    "event_update_status": "{EVENT.UPDATE.STATUS}",
    "event_update_history": "{EVENT.UPDATE.HISTORY}",
    "recovery_id": "{EVENT.RECOVERY.ID}",
    "recovery_date": "{EVENT.RECOVERY.DATE}",
    "recovery_time": "{EVENT.RECOVERY.TIME}",
    "recovery_timestamp": "{EVENT.RECOVERY.TIMESTAMP}",
    "trigger_id": "{TRIGGER.ID}",
    "trigger_url": "{TRIGGER.URL}",
    "trigger_description": "{TRIGGER.DESCRIPTION}",
    "host_groups": "{TRIGGER.HOSTGROUP.NAME}",
}
_HOSTS: Final = range(1, 10)


def script() -> str:
    """Return the JavaScript that Zabbix runs."""
    return files("connectors.zabbix").joinpath("webhook.js").read_text(encoding="utf-8")


def parameters(hook: str, secret: str) -> list[dict[str, str]]:
    """Return the parameters of the script, in the order of their names."""
    hosts = {
        f"host_{field}{number}": f"{{HOST.{macro}{number}}}"
        for number in _HOSTS
        for field, macro in (("id", "ID"), ("host", "HOST"), ("name", "NAME"))
    }
    told = {**_MACROS, **hosts, "url": hook, "secret": secret}
    return [{"name": name, "value": value} for name, value in sorted(told.items())]


def described(hook: str, secret: str) -> dict[str, object]:
    """Describe the media type for mediatype.create.

    Source: Zabbix 6.0 and 7.0 manual, API, media type object.
    """
    return {
        "name": NAME,
        "type": 4,
        "status": 0,
        "script": script(),
        "timeout": "10s",
        "process_tags": 0,
        # One after the other: an end must not overtake its beginning.
        "maxsessions": 1,
        "maxattempts": 10,
        "attempt_interval": "10s",
        "description": "Tells Milepost each problem, its changes and its end.",
        "parameters": parameters(hook, secret),
        "message_templates": [
            {
                "eventsource": 0,
                "recovery": kind,
                "subject": f"{word}: {{EVENT.NAME}}",
                "message": "",
            }
            for kind, word in ((0, "Problem"), (1, "Ended"), (2, "Changed"))
        ],
    }


def exported(hook: str) -> str:
    """Write the media type as the YAML that Zabbix 6.0 and newer import."""
    lines = [
        "zabbix_export:",
        "  version: '6.0'",
        "  media_types:",
        f"    - name: {NAME}",
        "      type: WEBHOOK",
        "      parameters:",
    ]
    for one in parameters(hook, PLACEHOLDER):
        lines += [f"        - name: {one['name']}", f"          value: {json.dumps(one['value'])}"]
    lines += [
        "      max_sessions: '1'",
        "      attempts: '10'",
        "      attempt_interval: 10s",
        "      timeout: 10s",
        "      script: |",
        *(f"        {line}".rstrip() for line in script().splitlines()),
        "      description: Tells Milepost each problem, its changes and its end.",
        "      message_templates:",
    ]
    for kind, word in (("PROBLEM", "Problem"), ("RECOVERY", "Ended"), ("UPDATE", "Changed")):
        lines += [
            "        - event_source: TRIGGERS",
            f"          operation_mode: {kind}",
            f"          subject: '{word}: {{EVENT.NAME}}'",
            "          message: ''",
        ]
    return "\n".join(lines) + "\n"
