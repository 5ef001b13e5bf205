/** Records that did not fit: why, what came, and one more try with the mapping of now. */

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "react-aria-components";

import { Problem } from "../../api/http";
import { rejected, retry } from "../../api/queries";
import type { Quarantined } from "../../api/types";
import { useT, type Key } from "../../i18n";
import { Failed, Skeleton } from "../../ui/Panel";
import { Fact, Facts } from "../parts/facts";
import { useFailure } from "../parts/failures";
import { useMay } from "../parts/may";
import { When } from "../parts/parts";

export function RejectedList({ connector }: { connector: string | undefined }) {
  const t = useT();
  const asked = useInfiniteQuery(rejected(connector));
  const failure = useFailure(asked, t("list.rejected"));
  const may = useMay()("retry_quarantined");
  const [solved, solve] = useState(0);
  const pages = asked.data?.pages ?? [];
  const items = pages.flatMap((page) => page.items);
  const total = pages[0]?.total ?? items.length;
  return (
    <>
      <h2 className="detail-title">
        {connector ? t("rejected.of", { source: connector }) : t("list.rejected")}
      </h2>
      <p className="mute" role="status">
        {asked.data && t("rejected.total", { n: total })}
        {solved > 0 && <b> {t("rejected.solved", { n: solved })}</b>}
      </p>
      {failure && <Failed {...failure} />}
      {asked.isPending && <Skeleton rows={6} label={t("loading")} />}
      {asked.data && items.length === 0 && <p className="note">{t("intake.rejected.none")}</p>}
      {items.some(canBeRetried) && <p className="mute">{t(may ? "rejected.retry.does" : "rejected.retry.role")}</p>}
      <ul className="rejected">
        {items.map((one) => (
          <Row key={one.id} one={one} may={may} onSolved={() => solve((n) => n + 1)} />
        ))}
      </ul>
      {asked.hasNextPage && (
        <Button
          className="button"
          isDisabled={asked.isFetchingNextPage}
          onPress={() => void asked.fetchNextPage()}
        >
          {t("rejected.more", { n: total - items.length })}
        </Button>
      )}
    </>
  );
}

function Row({ one, may, onSolved }: { one: Quarantined; may: boolean; onSolved: () => void }) {
  const t = useT();
  return (
    <li>
      <p className="why" lang="en">
        {one.message}
      </p>
      <Facts>
        <Fact name={t("rejected.at")}>
          <When at={one.at} label={t("rejected.at")} />
        </Fact>
        <Fact name={t("sources.source")}>{one.connector}</Fact>
        <Fact name={t("rejected.path")}>
          <code>{one.path}</code>
        </Fact>
        <Fact name={t("rejected.attempts")}>
          <span className="num">{one.attempts}</span>
        </Fact>
        <Fact wide="widest" name={t("rejected.receipt")}>
          {one.receipt || <span className="mute">{t("rejected.receipt.none")}</span>}
        </Fact>
      </Facts>
      <Evidence of={one} />
      {canBeRetried(one) ? (
        may && <Retry of={one} onSolved={onSolved} />
      ) : (
        <p className="mute">{t(one.state === "refused" ? "rejected.refused" : "rejected.unreadable")}</p>
      )}
    </li>
  );
}

/** Only a record of a stored delivery can be mapped again; its name ends in its place: "#3". */
const canBeRetried = (one: Quarantined) => one.state === "open" && one.id.includes("#");

function Evidence({ of }: { of: Quarantined }) {
  const t = useT();
  if (typeof of.evidence !== "string") return <p className="mute">{t("rejected.evidence.none")}</p>;
  return (
    <details>
      <summary>{t("rejected.evidence")}</summary>
      <pre tabIndex={0}>{readable(of.evidence)}</pre>
    </details>
  );
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const NOW: Record<string, Key> = { open: "rejected.now.open", solved: "rejected.now.solved" };

function Retry({ of, onSolved }: { of: Quarantined; onSolved: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const tried = useMutation({
    mutationFn: () => retry(of.id),
    onSuccess: (answer) => {
      if (answer.state === "solved") onSolved();
      for (const list of ["quarantine", "intake", "connectors"]) {
        void client.invalidateQueries({ queryKey: [list] });
      }
    },
  });
  const failed = tried.error instanceof Problem ? (tried.error.detail ?? tried.error.message) : null;
  const said: Key | null = tried.isPending
    ? "rejected.trying"
    : tried.error
      ? "rejected.failed"
      : tried.data
        ? (NOW[tried.data.state] ?? null)
        : null;
  return (
    <p className="states">
      <Button
        className="button"
        isDisabled={tried.isPending || tried.data?.state === "solved"}
        aria-label={t("rejected.retry.label", { id: of.id })}
        onPress={() => tried.mutate()}
      >
        {t("rejected.retry")}
      </Button>
      <span role="status">
        {said && t(said)} {tried.error && <span lang="en">{failed}</span>}
      </span>
    </p>
  );
}
