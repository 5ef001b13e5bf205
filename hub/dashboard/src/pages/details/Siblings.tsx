/** What else is firing of the same service, and in the same incident. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { siblings } from "../../api/alerts";
import type { Alert, AlertInFull } from "../../api/types";
import { useT } from "../../i18n";
import type { View } from "../../lib/alertView";
import { useName } from "../parts/named";
import { Open, Severity } from "../parts/parts";
import { State } from "../parts/State";

export function Siblings({ alert }: { alert: AlertInFull }) {
  const t = useT();
  const name = useName();
  const { service, incident } = alert;
  return (
    <>
      {incident && (
        <Group
          of={alert}
          title={t("alert.siblings.incident", { incident: name(incident) })}
          filter={{ incident }}
          view={{ under: incident }}
        />
      )}
      {service && (
        <Group
          of={alert}
          title={t("alert.siblings.service", { service: name(service) })}
          filter={{ service, status: "firing" }}
          view={{ service, state: "firing" }}
        />
      )}
    </>
  );
}

interface Props {
  of: Alert;
  title: string;
  filter: Record<string, string>;
  view: View;
}

const SHOWN = 5;

function Group({ of, title, filter, view }: Props) {
  const t = useT();
  const found = useQuery(siblings(filter)).data;
  const others = (found?.items ?? []).filter((one) => one.ref !== of.ref);
  return (
    <>
      <h3>{title}</h3>
      {found && others.length === 0 && <p className="mute">{t("alert.siblings.none")}</p>}
      <ul className="members-list">
        {others.slice(0, SHOWN).map((one) => (
          <li key={one.ref}>
            <Severity level={one.severity} raw={one.severity_raw} />
            <Open kind="alert" at={one.ref}>
              {one.title}
            </Open>
            <State alert={one} />
          </li>
        ))}
      </ul>
      {others.length > SHOWN && (
        <p>
          <Link to="/alerts" search={view} activeProps={{}}>
            {t("alert.siblings.all")}
          </Link>
        </p>
      )}
    </>
  );
}
