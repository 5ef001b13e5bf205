/** Row 2: what is firing, by incident and service, with the milestones that it touches. */

import type { UseQueryResult } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useState } from "react";
import { Button, Input, Label, SearchField } from "react-aria-components";

import type { Alert, Incident, Listing } from "../../api/types";
import { useT } from "../../i18n";
import type { FiringGroup } from "../../lib/board";
import { Panel } from "../../ui/Panel";
import { useFailure } from "../parts/failures";
import { Exposure, List, Open, Severity, Since } from "../parts/parts";
import type { NowSearch } from "../parts/search";
import { useName } from "../parts/named";

interface Props {
  groups: readonly FiringGroup[];
  incidents: UseQueryResult<Listing<Incident>>;
  alerts: UseQueryResult<Listing<Alert>>;
  filter: NowSearch;
}

const TOUCHED = 2;
const SERVICES = 1;

export function Firing({ groups, incidents, alerts, filter }: Props) {
  const t = useT();
  const name = useName();
  const failure = useFailure(incidents.error ? incidents : alerts, t("firing.title"));
  const text = useDeferredValue(filter.q?.toLowerCase());
  const welcome = ({ title, services, touched, members }: FiringGroup) =>
    (!filter.service || services.includes(filter.service)) &&
    (!filter.hurts || touched.some((one) => one.ref === filter.hurts)) &&
    (!text ||
      [title, ...services.map((one) => name(one)), ...members.map((one) => one.title)]
        .join(" ")
        .toLowerCase()
        .includes(text));
  const shown = groups.filter(welcome);
  const known = incidents.data !== undefined && alerts.data !== undefined;
  const held = alerts.data?.items.length ?? 0;
  const total = alerts.data?.total ?? (alerts.data?.next ? null : held);
  return (
    <Panel
      title={t("firing.title")}
      aside={
        <>
          <span className="mute num" role="status">
            {known && t("firing.count", { groups: shown.length, n: total ?? held })}
          </span>
          <span className="grow" />
          <Chosen filter={filter} />
          <Filter value={filter.q ?? ""} />
        </>
      }
      loading={incidents.isPending || alerts.isPending}
      loadingLabel={t("loading")}
      failure={failure}
      known={known}
      partial={
        incidents.data?.next
          ? t("partial.first", { n: incidents.data.items.length, total: incidents.data.total })
          : null
      }
      empty={shown.length === 0 && <p>{t(groups.length ? "firing.none_such" : "firing.none")}</p>}
    >
      <table className="rows firing">
        <thead>
          <tr>
            <th scope="col">{t("severity")}</th>
            <th scope="col">{t("firing.what")}</th>
            <th scope="col">{t("service")}</th>
            <th scope="col">{t("firing.alerts")}</th>
            <th scope="col">{t("first.onset")}</th>
            <th scope="col">{t("firing.touches")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((group) => (
            <Row key={`${group.kind} ${group.key}`} group={group} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Row({ group }: { group: FiringGroup }) {
  const t = useT();
  const name = useName();
  const { incident, touched } = group;
  return (
    <tr
      data-row
      id={group.kind === "unlinked" ? "unlinked" : undefined}
      className={group.kind === "unlinked" ? "unlinked" : undefined}
    >
      <td className="c-state">
        <Severity level={group.severity} />
      </td>
      <th scope="row" className="c-title">
        {incident ? (
          <Open kind="incident" at={incident.ref}>
            {incident.title}
          </Open>
        ) : (
          <Members group={group} />
        )}
        {incident && <small>{t(incident.acked_at ? "firing.acknowledged" : "firing.open")}</small>}
      </th>
      <td className="c-service">
        <List of={group.services.map((one) => name(one))} max={SERVICES} none={t("service.none")} />
      </td>
      <td
        className="c-alerts num"
        data-label={t("firing.alerts")}
        title={t("firing.alerts.title", { firing: group.firing, n: group.alerts })}
      >
        {group.firing}
        {group.firing < group.alerts && <span className="mute"> / {group.alerts}</span>}
      </td>
      <td className="c-since" data-label={t("first.onset")}>
        <Since at={group.since} label={t("first.onset")} />
      </td>
      <td className="c-touches">
        {touched.length === 0 ? (
          <span className="mute">{t(group.kind === "unlinked" ? "unknown" : "first.hurts.none")}</span>
        ) : (
          <ul className="touched">
            {touched.slice(0, TOUCHED).map((one) => (
              <li key={one.ref}>
                <Open kind="milestone" at={one.ref}>
                  {name(one.ref, one.title)}
                </Open>{" "}
                <Exposure value={one.exposure} />
              </li>
            ))}
            {touched.length > TOUCHED && (
              <li className="mute">{t("firing.more_touched", { n: touched.length - TOUCHED })}</li>
            )}
          </ul>
        )}
      </td>
    </tr>
  );
}

const MEMBERS = 3;

/** Alerts that no incident holds: the group is named for what has to be done with it. */
function Members({ group }: { group: FiringGroup }) {
  const t = useT();
  const [all, showAll] = useState(false);
  const shown = all ? group.members : group.members.slice(0, MEMBERS);
  const more = group.members.length - shown.length;
  return (
    <>
      <span className="group-name">
        {t(group.kind === "unlinked" ? "firing.unlinked" : "firing.alone", { n: group.alerts })}
      </span>
      <small className="members">
        {shown.map((one) => (
          <Open key={one.ref} kind={one.kind} at={one.ref}>
            {one.title}
          </Open>
        ))}
        {more > 0 && (
          <Button className="as-link" onPress={() => showAll(true)}>
            {t("firing.more_members", { n: more })}
          </Button>
        )}
      </small>
    </>
  );
}

function Chosen({ filter }: { filter: NowSearch }) {
  const t = useT();
  const name = useName();
  const { service, hurts } = filter;
  if (!service && !hurts) return null;
  const what = [service, hurts].flatMap((one) => (one ? [name(one)] : [])).join(" × ");
  return (
    <Link
      to="/"
      className="button chosen"
      search={({ service: _service, hurts: _hurts, ...rest }) => rest}
      aria-label={t("filter.clear", { what })}
    >
      {what} <span aria-hidden="true">×</span>
    </Link>
  );
}

/** Typing writes the address after a pause; the address wins when it changes by itself. */
function Filter({ value }: { value: string }) {
  const t = useT();
  const navigate = useNavigate();
  const [typed, type] = useState(value);
  useEffect(() => type(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => {
      const search = ({ q: _, ...rest }: NowSearch) => (typed ? { ...rest, q: typed } : rest);
      void navigate({ to: "/", search, replace: true });
    }, 250);
    return () => clearTimeout(timer);
  }, [typed, value, navigate]);
  return (
    <SearchField className="filter" data-filter="" value={typed} onChange={type}>
      <Label className="sr">{t("filter.label")}</Label>
      <Input placeholder={t("filter.label")} />
    </SearchField>
  );
}
