/** The shapes of /api/v1 that the dashboard reads, by the names that the pages use. */

import type { components } from "./api.gen";

type Schemas = components["schemas"];

export interface Listing<T> {
  items: T[];
  next: string | null;
  total: number | null;
  as_of: string;
}

export type Reason = Schemas["Reason"];
export type Rag = Schemas["Rag"];
export type Milestone = Schemas["Milestone"];
export type MilestoneInFull = Schemas["MilestoneInFull"];
export type Move = Schemas["Move"];
export type MoveCause = Schemas["MoveCause"];
export type Alert = Schemas["Alert"];
export type AlertInFull = Schemas["AlertInFull"];
export type AlertCounts = Schemas["AlertCounts"];
export type AlertGroups = Schemas["AlertGroups"];
export type AlertGroup = Schemas["AlertGroup"];
export type Service = Schemas["Service"];
export type ServiceInFull = Schemas["ServiceInFull"];
export type MetricNow = Schemas["MetricNow"];
export type MetricSeries = Schemas["MetricSeries"];
export type BurnRule = Schemas["BurnRule"];
export type Objective = Schemas["Objective"];
export type Link = Schemas["Link"];
export type Connector = Schemas["Connector"];
export type Sample = Schemas["Sample"];
export type Intake = Schemas["Intake"];
export type Quarantined = Schemas["Quarantined"];
export type Retried = Schemas["Retried"];
export type UnmappedList = Schemas["UnmappedList"];
export type MappingVersion = Schemas["Mapping"];
export type Me = Schemas["Me"];
export type Change = Schemas["Merged"];
export type Hop = Schemas["Hop"];
export type Hurt = Schemas["Hurt"];
export type Incident = Schemas["Incident"];
export type ConnectorHealth = Schemas["ConnectorHealth"];
export type Checked = Schemas["Checked"];
export type Onboarding = Schemas["Onboarding"];
export type Survey = Schemas["Survey"];
export type Operation = Schemas["Operation"];
export type Writes = Schemas["Writes"];
export type Project = Schemas["Project"];
export type Schedule = Schemas["Schedule"];
export type Computed = Schemas["Computed"];
export type Task = Schemas["Task"];
