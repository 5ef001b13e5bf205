/** How many alerts there are by severity and by state; each number is the filter that it counts. */

import { Link } from "@tanstack/react-router";

import { useLocale, useT } from "../../i18n";
import { shown } from "../../i18n";
import { sums, toggled, words as split, type Counted, type View } from "../../lib/alertView";
import { ALERT_STATES, alertState } from "../../lib/alertState";
import { severity, type Look } from "../../lib/words";
import { Shape } from "../../ui/Shape";

const LEVELS = [5, 4, 3, 2, 1, 0];

export function Counters({ counts, view }: { counts: readonly Counted[]; view: View }) {
  const t = useT();
  const bySeverity = sums(counts, "severity", split(view.state));
  const byState = sums(counts, "status", split(view.sev));
  const states = ALERT_STATES.filter((one) => byState.has(one) || split(view.state).includes(one));
  return (
    <div className="counters">
      <ul className="counts" aria-label={t("severity")}>
        {LEVELS.map((level) => (
          <Counter
            key={level}
            look={severity(level)}
            n={bySeverity.get(String(level)) ?? 0}
            chosen={split(view.sev).includes(String(level))}
            search={(now) => ({ ...now, group: undefined, sev: toggled(now.sev, String(level)) })}
          />
        ))}
      </ul>
      <ul className="counts" aria-label={t("alerts.state")}>
        {states.map((state) => (
          <Counter
            key={state}
            look={alertState(state)}
            n={byState.get(state) ?? 0}
            chosen={split(view.state).includes(state)}
            search={(now) => ({ ...now, group: undefined, state: toggled(now.state, state) })}
          />
        ))}
      </ul>
    </div>
  );
}

interface Props {
  look: Look;
  n: number;
  chosen: boolean;
  search: (now: View) => View;
}

function Counter({ look, n, chosen, search }: Props) {
  const t = useT();
  const locale = useLocale();
  return (
    <li>
      <Link
        to="/alerts"
        search={search}
        className={`count ink-${look.tone}`}
        activeProps={{}}
        aria-current={chosen || undefined}
      >
        <Shape name={look.shape} />
        {t(look.key)} <b className="num">{shown(n, locale)}</b>
      </Link>
    </li>
  );
}
