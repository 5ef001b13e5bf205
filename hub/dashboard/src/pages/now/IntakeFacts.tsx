/** What comes in, in a few facts: each number leads to the list that it counts. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import type { Intake } from "../../api/types";
import { useT } from "../../i18n";
import { maker, sourceState } from "../../lib/words";
import { Chip } from "../../ui/Chip";
import { Open, Since } from "../parts/parts";
import { Fact, Facts } from "../parts/facts";
import { byState, heard, longestSilent, type Look } from "./useIntake";

export function IntakeFacts({ look, brief = false }: { look: Look; brief?: boolean }) {
  const t = useT();
  const { sources, intake, unmapped } = look;
  return (
    <Facts>
      <Fact wide="wide" name={t("intake.sources")}>
        {sources ? <States sources={sources} /> : <Unknown />}
      </Fact>
      <Fact wide="wide" name={t("intake.oldest")}>
        {sources ? <Oldest sources={sources} /> : <Unknown />}
      </Fact>
      <Fact name={t("intake.waiting")}>
        {intake ? <Waiting waiting={intake.waiting} /> : <Unknown />}
      </Fact>
      <Fact name={t("intake.rejected")}>
        {intake ? <Rejected rejected={intake.rejected} /> : <Unknown />}
      </Fact>
      <Fact name={t("intake.unmapped")}>
        {unmapped ? (
          <Number none={t("intake.unmapped.none")} n={unmapped.items.length}>
            <Open kind="open" at="unmapped">
              {t("intake.words", { n: unmapped.items.length })}
            </Open>
          </Number>
        ) : (
          <Unknown />
        )}
      </Fact>
      <Fact name={t("intake.unbound")}>
        {intake ? <Unbound unbound={intake.unbound} /> : <Unknown />}
      </Fact>
      <Fact wide="widest" name={t("intake.mapping")}>
        {intake ? <Change change={intake.mapping} list /> : <Unknown />}
      </Fact>
      {!brief && (
        <>
          <Fact wide="wide" name={t("intake.catalogue")}>
            {intake ? <Change change={intake.catalogue} /> : <Unknown />}
          </Fact>
          <Fact wide="wide" name={t("intake.bus")}>
            {intake ? <Bus bus={intake.bus} /> : <Unknown />}
          </Fact>
        </>
      )}
    </Facts>
  );
}

function Unknown() {
  const t = useT();
  return <span className="mute">{t("unknown")}</span>;
}

interface NumberProps {
  n: number;
  none: string;
  /** The instant that belongs to it, and which one that is. */
  at?: string | null;
  label?: string;
  children: ReactNode;
}

function Number({ n, none, at, label = "", children }: NumberProps) {
  if (n === 0) return <span className="mute">{none}</span>;
  return (
    <>
      <b>{children}</b>{" "}
      {at && (
        <small className="mute">
          <Since at={at} label={label} />
        </small>
      )}
    </>
  );
}

function States({ sources }: { sources: NonNullable<Look["sources"]> }) {
  const t = useT();
  if (sources.length === 0) return <span className="mute">{t("intake.sources.none")}</span>;
  return (
    <span className="states">
      {byState(sources).map(([state, n]) => {
        const { key, shape, tone } = sourceState(state);
        return (
          <Open key={state} kind="open" at="sources">
            <Chip shape={shape} tone={tone} plain>
              {t("intake.state", { word: t(key), n })}
            </Chip>
          </Open>
        );
      })}
    </span>
  );
}

function Oldest({ sources }: { sources: NonNullable<Look["sources"]> }) {
  const t = useT();
  const oldest = longestSilent(sources);
  if (!oldest) return <span className="mute">{t("intake.oldest.none")}</span>;
  return (
    <>
      <Open kind="open" at="sources">
        {oldest.id}
      </Open>{" "}
      <Since at={heard(oldest)} label={t("sources.last")} />
    </>
  );
}

function Waiting({ waiting }: { waiting: Intake["waiting"] }) {
  const t = useT();
  const { deliveries, records, bytes, since } = waiting;
  return (
    <Number none={t("intake.waiting.none")} n={deliveries} at={since} label={t("intake.waiting.since")}>
      <span title={t("intake.waiting.title", { n: records, bytes })}>
        {t("intake.deliveries", { n: deliveries })}
      </span>
    </Number>
  );
}

function Rejected({ rejected }: { rejected: Intake["rejected"] }) {
  const t = useT();
  const { count, more, newest_at } = rejected;
  return (
    <Number none={t("intake.rejected.none")} n={count} at={newest_at} label={t("intake.rejected.newest")}>
      <Open kind="open" at="rejected">
        {t(more ? "intake.at_least" : "intake.records", { n: count })}
      </Open>
    </Number>
  );
}

function Unbound({ unbound }: { unbound: Intake["unbound"] }) {
  const t = useT();
  return (
    <Number none={t("intake.unbound.none")} n={unbound.count}>
      <Link to="/" search={(before) => before} hash="unlinked">
        {t(unbound.more ? "intake.at_least" : "intake.alerts", { n: unbound.count })}
      </Link>
    </Number>
  );
}

function Change({ change, list = false }: { change: Intake["mapping"]; list?: boolean }) {
  const t = useT();
  if (!change) return <span className="mute">{t("intake.change.none")}</span>;
  const named = t("intake.version", { name: change.document, n: change.version });
  return (
    <>
      {list ? (
        <Open kind="open" at="mappings">
          {named}
        </Open>
      ) : (
        named
      )}{" "}
      <span className="mute">
        {t("intake.by", { who: maker(change.by, t) })} <Since at={change.at} label={t("intake.changed")} />
      </span>
    </>
  );
}

function Bus({ bus }: { bus: Intake["bus"] }) {
  const t = useT();
  const { key, shape, tone } = sourceState(bus.reachable ? "ok" : "failing");
  return (
    <>
      <Chip shape={shape} tone={tone} plain title={bus.detail ?? undefined}>
        {bus.reachable ? t("intake.bus.reached") : t(key)}
      </Chip>{" "}
      {!bus.reachable && <Since at={bus.since} label={t("intake.bus.lost")} />}
    </>
  );
}
