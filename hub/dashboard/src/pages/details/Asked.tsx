/** The states of a detail before its answer is there, or when there is none. */

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Problem } from "../../api/http";
import { useT } from "../../i18n";
import { Failed, Skeleton } from "../../ui/Panel";
import { useFailure } from "../parts/failures";

interface Props<A> {
  asked: UseQueryResult<A>;
  what: string;
  children: (answer: A) => ReactNode;
}

export function Asked<A>({ asked, what, children }: Props<A>) {
  const t = useT();
  const failure = useFailure(asked, what);
  if (asked.error instanceof Problem && asked.error.status === 404) {
    return <p className="note">{t("detail.gone")}</p>;
  }
  return (
    <>
      {failure && <Failed {...failure} />}
      {asked.isPending && <Skeleton rows={6} label={t("loading")} />}
      {asked.data !== undefined && children(asked.data)}
    </>
  );
}
