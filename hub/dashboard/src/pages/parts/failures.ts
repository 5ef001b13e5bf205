/** What failed, since when, with the request's id, and how to try again. */

import { Problem } from "../../api/http";
import { useLocale, useT } from "../../i18n";
import { instant } from "../../lib/time";
import type { Failure } from "../../ui/Panel";

interface Asked {
  error: Error | null;
  errorUpdatedAt: number;
  refetch: () => unknown;
}

export function useFailure(asked: Asked, what: string): Failure | null {
  const t = useT();
  const locale = useLocale();
  if (!asked.error) return null;
  const at = new Date(asked.errorUpdatedAt).toISOString();
  const problem = asked.error instanceof Problem ? asked.error : null;
  const parts = [
    problem ? (problem.detail ?? problem.message) : t("failed.unreachable"),
    t("failed.since", { at: instant(at, locale)?.clock ?? at }),
    problem?.request ? t("failed.request", { id: problem.request }) : null,
  ];
  return {
    title: t("failed.title", { what }),
    detail: parts.filter(Boolean).join(" · "),
    retry: t("failed.retry"),
    onRetry: () => void asked.refetch(),
  };
}
