/** The filter bar. What is chosen stands in the address, so that a link opens the same view. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState, type FormEvent } from "react";
import { Button, Input, Label, SearchField } from "react-aria-components";

import * as ask from "../../api/queries";
import { useT, type Key } from "../../i18n";
import { isLabel, NONE, type Single, type View } from "../../lib/alertView";
import { useName } from "../parts/named";
import "../../ui/filters.css";

type Options = readonly (readonly [string, string])[];

export function Filters({ view }: { view: View }) {
  const t = useT();
  const connectors = useQuery(ask.connectors).data?.items ?? [];
  const services = useQuery(ask.services).data?.items ?? [];
  const milestones = useQuery(ask.milestones).data?.items ?? [];
  const owners = [...new Set(services.flatMap((one) => (one.owner ? [one.owner] : [])))].sort();
  const [shown, show] = useState(false);
  const none = [NONE, t("alerts.none")] as const;
  return (
    <div className={shown ? "filters shown" : "filters"} role="search" aria-label={t("alerts.filters")}>
      <Text value={view.q ?? ""} />
      <Button className="button more-filters" aria-expanded={shown} onPress={() => show(!shown)}>
        {t("alerts.more_filters")}
      </Button>
      <Pick view={view} name="source" options={connectors.map(({ id }) => [id, id])} />
      <Pick view={view} name="service" options={[none, ...services.map(({ ref, name }) => [ref, name] as const)]} />
      <Pick view={view} name="hurts" options={milestones.map(({ ref, title }) => [ref, title])} />
      <Pick view={view} name="owner" options={[none, ...owners.map((one) => [one, one] as const)]} />
      <ByLabel />
      <Flapping view={view} />
      <Chips view={view} />
    </div>
  );
}

function Pick({ view, name, options }: { view: View; name: Single; options: Options }) {
  const t = useT();
  const navigate = useNavigate({ from: "/alerts" });
  const value = view[name] ?? "";
  const words = t(`alerts.column.${name === "hurts" ? "milestone" : name}` as Key);
  const known = value === "" || options.some(([key]) => key === value);
  const all = known ? options : [...options, [value, value] as const];
  return (
    <select
      className="select"
      aria-label={words}
      value={value}
      data-chosen={value ? "" : undefined}
      onChange={(event) => {
        const chosen = event.target.value || undefined;
        void navigate({ search: (now: View) => ({ ...now, group: undefined, [name]: chosen }) });
      }}
    >
      <option value="">{words}</option>
      {all.map(([key, title]) => (
        <option key={key} value={key}>
          {title}
        </option>
      ))}
    </select>
  );
}

/** Typing writes the address after a pause; the address wins when it changes by itself. */
function Text({ value }: { value: string }) {
  const t = useT();
  const navigate = useNavigate({ from: "/alerts" });
  const [typed, type] = useState(value);
  useEffect(() => type(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => {
      void navigate({ search: (now: View) => ({ ...now, group: undefined, q: typed || undefined }), replace: true });
    }, 250);
    return () => clearTimeout(timer);
  }, [typed, value, navigate]);
  return (
    <SearchField className="filter" data-filter="" value={typed} onChange={type}>
      <Label className="sr">{t("alerts.filter.q")}</Label>
      <Input placeholder={t("alerts.filter.q")} />
    </SearchField>
  );
}

function ByLabel() {
  const t = useT();
  const navigate = useNavigate({ from: "/alerts" });
  const [typed, type] = useState("");
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (!isLabel(typed)) return;
    void navigate({ search: (now: View) => ({ ...now, group: undefined, label: [...(now.label ?? []), typed] }) });
    type("");
  };
  return (
    <form className="filter by-label" onSubmit={add}>
      <input
        aria-label={t("alerts.filter.label")}
        placeholder={t("alerts.filter.label_how")}
        value={typed}
        onChange={(event) => type(event.target.value)}
      />
      <Button className="button" type="submit" isDisabled={!isLabel(typed)}>
        {t("alerts.filter.add")}
      </Button>
    </form>
  );
}

function Flapping({ view }: { view: View }) {
  const t = useT();
  const chosen = view.flapping === "true";
  return (
    <Link
      to="/alerts"
      className={chosen ? "button chosen" : "button"}
      activeProps={{}}
      aria-current={chosen || undefined}
      search={(now: View) => ({ ...now, group: undefined, flapping: chosen ? undefined : "true" })}
    >
      {t("alerts.only_flapping")} {chosen && <span aria-hidden="true">×</span>}
    </Link>
  );
}

const CHIPS: readonly Single[] = ["under", "title", "fingerprint"];

/** What is filtered by and has no field of its own, each with a way to let go of it. */
function Chips({ view }: { view: View }) {
  const t = useT();
  const name = useName();
  const labels = view.label ?? [];
  const others = CHIPS.flatMap((key) => (view[key] === undefined ? [] : [[key, view[key]] as const]));
  const any = [view.q, view.sev, view.state, view.source, view.service, view.hurts, view.owner, view.flapping].some(Boolean);
  return (
    <>
      {labels.map((one) => (
        <Chip key={one} what={one} search={(now) => ({ ...now, label: without(now.label, one) })} />
      ))}
      {others.map(([key, value]) => (
        <Chip
          key={key}
          what={value === NONE ? t("alerts.none") : name(value)}
          search={(now) => ({ ...now, [key]: undefined })}
        />
      ))}
      {(any || labels.length > 0 || others.length > 0) && (
        <Link
          to="/alerts"
          className="button quiet"
          activeProps={{}}
          search={({ by, sort, cols, rows }: View) => ({ by, sort, cols, rows })}
        >
          {t("alerts.filter.clear")}
        </Link>
      )}
    </>
  );
}

function without(labels: readonly string[] | undefined, gone: string): string[] | undefined {
  const left = (labels ?? []).filter((one) => one !== gone);
  return left.length > 0 ? left : undefined;
}

function Chip({ what, search }: { what: string; search: (now: View) => View }) {
  const t = useT();
  return (
    <Link to="/alerts" className="button chosen" search={search} activeProps={{}} aria-label={t("filter.clear", { what })}>
      {what} <span aria-hidden="true">×</span>
    </Link>
  );
}
