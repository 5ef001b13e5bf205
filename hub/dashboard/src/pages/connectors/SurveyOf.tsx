/** What a tool knows of hosts, services and maintenance, held against the catalogue. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "react-aria-components";

import { survey } from "../../api/connectors";
import type { Survey } from "../../api/types";
import { useLocale, useT, type Key } from "../../i18n";
import { written } from "../../lib/measured";
import { Chip } from "../../ui/Chip";
import type { ShapeName, Tone } from "../../ui/Shape";
import { Asked } from "../details/Asked";
import { Open, When } from "../parts/parts";
import { Said } from "../parts/Said";
import { useNow } from "../parts/useNow";
import { Copied } from "./Copied";

/** So many names at once; the others are counted. */
const SHOWN = 12;

const STANDING: Record<string, [Key, ShapeName, Tone]> = {
  new: ["connectors.survey.new", "ring", "warn"],
  known: ["connectors.survey.known", "tick", "ok"],
  indirect: ["connectors.survey.indirect", "tick", "ok"],
  opposite: ["connectors.survey.opposite", "triangle", "high"],
};

export function SurveyOf({ id }: { id: string }) {
  const t = useT();
  const [times, ask] = useState(0);
  const asked = useQuery(survey(id, times));
  return (
    <>
      <h3>{t("connectors.survey")}</h3>
      <p className="mute">{t("connectors.survey.what")}</p>
      <p className="states">
        <Button className="button" isDisabled={asked.isFetching} onPress={() => ask(times + 1)}>
          {t(times ? "connectors.survey.again" : "connectors.survey.do")}
        </Button>
        <span role="status">{asked.isFetching && t("connectors.busy")}</span>
      </p>
      {times > 0 && (
        <Asked asked={asked} what={t("connectors.survey")}>
          {(found) => <Found found={found} />}
        </Asked>
      )}
    </>
  );
}

function Found({ found }: { found: Survey }) {
  const t = useT();
  return (
    <>
      <p className="mute">
        {t("connectors.survey.asked")} <When at={found.as_of} label={t("connectors.survey.asked")} />
      </p>
      {found.hidden.map((words) => (
        <p key={words} className="fault">
          <Said words={words} />
        </p>
      ))}
      <Hosts of={found.hosts} />
      <h4>{t("connectors.survey.needs")}</h4>
      <Needs of={found.dependencies} />
      {found.snippet && (
        <>
          <p>{t("connectors.survey.snippet")}</p>
          <Copied text={found.snippet} />
        </>
      )}
      <Names title="connectors.survey.unknown" of={found.unknown_services} />
      <Agreed of={found.agreements} />
      <Planned of={found.maintenance} />
    </>
  );
}

function Hosts({ of }: { of: Survey["hosts"] }) {
  const t = useT();
  return (
    <>
      <p>{t("connectors.survey.bound", { bound: of.bound, total: of.total })}</p>
      <Names
        title="connectors.survey.groups"
        of={of.groups.map(({ name, hosts }) => t("connectors.survey.group", { name, n: hosts }))}
      />
      <Names
        title="connectors.survey.hosts"
        of={of.unbound.map(({ name, watched }) => (watched ? name : `${name} (${t("connectors.survey.off")})`))}
        total={of.total - of.bound}
      />
    </>
  );
}

/** Names one below the other; nothing where there are none. */
function Names({ title, of, total = of.length }: { title: Key; of: readonly string[]; total?: number }) {
  const t = useT();
  if (of.length === 0) return null;
  const shown = of.slice(0, SHOWN);
  return (
    <>
      <h4>{t(title)}</h4>
      <ul className="names">
        {shown.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      {total > shown.length && <p className="mute">{t("connectors.survey.more", { n: total - shown.length })}</p>}
    </>
  );
}

function Needs({ of }: { of: Survey["dependencies"] }) {
  const t = useT();
  if (of.length === 0) return <p className="mute">{t("connectors.survey.no_needs")}</p>;
  return (
    <ul className="steps">
      {of.map((one) => {
        const [key, shape, tone] = STANDING[one.standing] as [Key, ShapeName, Tone];
        return (
          <li key={`${one.service} ${one.needs}`}>
            <p className="states">
              <Chip shape={shape} tone={tone} plain>
                {t(key)}
              </Chip>
              <b>{t("connectors.survey.rests", { service: one.service, needs: one.needs })}</b>
            </p>
            <small>{t("connectors.survey.why", { path: one.why.join(" → ") })}</small>
            {one.any_of && <small>{t("connectors.survey.any", { node: one.any_of })}</small>}
          </li>
        );
      })}
    </ul>
  );
}

function Agreed({ of }: { of: Survey["agreements"] }) {
  const t = useT();
  const locale = useLocale();
  if (of.length === 0) return null;
  const share = (value: number) => written(value, "ratio", locale);
  return (
    <>
      <h4>{t("connectors.survey.agreed")}</h4>
      <ul className="steps">
        {of.map(({ service, name, target, reached }) => (
          <li key={`${service} ${name}`}>
            <Open kind="open" at={`service:${service}`}>
              {service}
            </Open>
            <small>
              {t("connectors.survey.target", { name, target: share(target) })}
              {t("list.separator")}
              {reached === null ? t("connectors.survey.no_data") : t("connectors.survey.reached", { reached: share(reached) })}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

function Planned({ of }: { of: Survey["maintenance"] }) {
  const t = useT();
  const now = useNow();
  if (of.length === 0) return null;
  return (
    <>
      <h4>{t("connectors.survey.maintenance")}</h4>
      <ul className="steps">
        {of.map((one) => (
          <li key={`${one.name} ${one.since}`}>
            <p className="states">
              <State of={one} now={now} />
              <b>{one.name}</b>
            </p>
            <small>
              <When at={one.since} /> – <When at={one.until} />
              {one.recurs && ` ${t("connectors.survey.recurs")}`}
            </small>
            <small>
              {one.services.length > 0 ? (
                t("connectors.survey.touches", { services: one.services.join(t("list.separator")) })
              ) : (
                <span className="mute">{t("connectors.survey.touches_none")}</span>
              )}
            </small>
          </li>
        ))}
      </ul>
    </>
  );
}

function State({ of, now }: { of: Survey["maintenance"][number]; now: number }) {
  const t = useT();
  const [key, shape, tone]: [Key, ShapeName, Tone] = of.in_force
    ? ["connectors.survey.in_force", "square", "warn"]
    : Date.parse(of.until) < now
      ? ["connectors.survey.over", "tick", "mute"]
      : ["connectors.survey.planned", "ring", "mute"];
  return (
    <Chip shape={shape} tone={tone} plain>
      {t(key)}
    </Chip>
  );
}
