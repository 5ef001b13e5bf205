/** One alert as cells of the table; on a phone as two lines. */

import { memo } from "react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { services } from "../../api/queries";
import type { Alert } from "../../api/types";
import { useT } from "../../i18n";
import type { Column, View } from "../../lib/alertView";
import { useName } from "../parts/named";
import { Open, Severity, Since, When } from "../parts/parts";
import { State } from "../parts/State";

interface Props {
  alert: Alert;
  columns: readonly Column[];
  narrow: boolean;
  chosen: boolean;
  onPick: (range: boolean) => void;
}

export const AlertCells = memo(function AlertCells({ alert, columns, narrow, chosen, onPick }: Props) {
  const t = useT();
  return (
    <>
      <div role="gridcell" className="g-first">
        <label className="tick">
          <input
            type="checkbox"
            checked={chosen}
            tabIndex={-1}
            aria-label={t("alerts.select", { title: alert.title })}
            onChange={() => undefined}
            onClick={(event) => onPick(event.shiftKey)}
          />
        </label>
        <Severity level={alert.severity} raw={alert.severity_raw} />
      </div>
      {columns.slice(1).map((column) => (
        <div role={column === "title" ? "rowheader" : "gridcell"} key={column} className={`g-${column}`}>
          <Cell alert={alert} column={column} narrow={narrow} />
        </div>
      ))}
    </>
  );
});

function Cell({ alert, column }: { alert: Alert; column: Column; narrow: boolean }) {
  const t = useT();
  const name = useName();
  switch (column) {
    case "state":
      return <State alert={alert} />;
    case "title":
      return (
        <Open kind="alert" at={alert.ref}>
          {alert.title}
        </Open>
      );
    case "service":
      return alert.service ? <Service of={alert.service} /> : <Nothing words={t("service.none")} />;
    case "incident":
      return alert.incident ? (
        <Open kind="incident" at={alert.incident}>
          {name(alert.incident)}
        </Open>
      ) : (
        <Nothing words="–" />
      );
    case "milestone":
      return <Milestones alert={alert} />;
    case "first_seen":
      return <When at={alert.first_seen_at} label={t("alerts.column.first_seen")} />;
    case "changed":
      return <Since at={alert.ends_at ?? alert.starts_at} label={t("alerts.column.changed.title")} />;
    case "last_seen":
      return <Since at={alert.last_seen_at} label={t("alert.last_seen")} />;
    case "count":
      return <span className="num">{alert.count}</span>;
    case "source":
      return <span>{alert.source.connector}</span>;
    case "owner":
      return <Owner service={alert.service} />;
    default:
      return null;
  }
}

/** The name of a service leads to its alerts. */
function Service({ of }: { of: string }) {
  const name = useName();
  return (
    <Link to="/alerts" search={(now: View) => ({ ...now, service: of })} title={of} className="subtle" activeProps={{}}>
      {name(of)}
    </Link>
  );
}

function Milestones({ alert }: { alert: Alert }) {
  const t = useT();
  const name = useName();
  const [worst, ...rest] = [...alert.milestones].sort((a, b) => b.exposure - a.exposure);
  if (!worst) return <Nothing words="–" />;
  return (
    <>
      <Open kind="milestone" at={worst.ref}>
        {name(worst.ref)}
      </Open>
      {rest.length > 0 && (
        <span className="mute" title={t("list.more", { n: rest.length })}>
          {` +${rest.length}`}
        </span>
      )}
    </>
  );
}

function Owner({ service }: { service: string | null }) {
  const owner = useQuery(services).data?.items.find((one) => one.ref === service)?.owner;
  return owner ? <span title={owner}>{owner}</span> : <Nothing words="–" />;
}

const Nothing = ({ words }: { words: string }) => <span className="mute">{words}</span>;
