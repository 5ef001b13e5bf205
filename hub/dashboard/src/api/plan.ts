/** What the Plan page asks. */

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { get } from "./http";
import { FIRST_PAGE } from "./queries";
import type { Listing, Milestone, Project, Schedule, Task } from "./types";

export const projects = queryOptions({
  queryKey: ["milestones", "projects"],
  queryFn: ({ signal }) => get<Listing<Project>>("projects", { limit: FIRST_PAGE, count: 1 }, signal),
});

export const schedule = (project: string | undefined) =>
  queryOptions({
    queryKey: ["milestones", "schedule", project],
    queryFn: ({ signal }) =>
      get<Schedule>(`projects/${encodeURIComponent(project ?? "")}/schedule`, {}, signal),
    enabled: project !== undefined,
  });

/** Cards of one column, those that are due first; page by page. */
export const cards = (status: string, filters: Record<string, string | undefined>) =>
  infiniteQueryOptions({
    queryKey: ["tasks", status, filters],
    queryFn: ({ signal, pageParam }) =>
      get<Listing<Task>>(
        "tasks",
        { ...filters, status, kind: LEAVES, sort: "due", limit: 50, count: 1, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });

/** What is done by somebody: no summaries, and milestones have a page of their own. */
const LEAVES = ["work", "epic", "story", "bug", "subtask", "incident_ticket"] as const;

export const allMilestones = (filters: Record<string, string | undefined>) =>
  infiniteQueryOptions({
    queryKey: ["milestones", "all", filters],
    queryFn: ({ signal, pageParam }) =>
      get<Listing<Milestone>>(
        "milestones",
        { ...filters, sort: "due", limit: FIRST_PAGE, count: 1, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
