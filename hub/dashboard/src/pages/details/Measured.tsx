/** The numbers of a service and what is left of its error budgets. */

import { useQuery } from "@tanstack/react-query";

import { oneService } from "../../api/queries";
import type { ServiceInFull } from "../../api/types";
import { useT } from "../../i18n";
import "../../i18n/measured";
import { useName } from "../parts/named";
import { Asked } from "./Asked";
import { Budget } from "./Budget";
import { Metric } from "./Metric";
import { ServiceLink } from "./ServiceLink";
import "./measured.css";

/** For a detail that is about something else: nothing where nobody said what to measure. */
export function MeasuredOf({ service }: { service: string | null | undefined }) {
  const t = useT();
  const name = useName();
  const asked = useQuery({ ...oneService(service ?? ""), enabled: !!service });
  const found = asked.data;
  if (!service || asked.isPending || (found && !isMeasured(found))) return null;
  return (
    <>
      <h3>
        {t("measured.of")} <ServiceLink at={service}>{name(service, found?.name)}</ServiceLink>
      </h3>
      <Asked asked={asked} what={t("measured.title")}>
        {(known) => <Measured of={known} />}
      </Asked>
    </>
  );
}

export const isMeasured = ({ metrics = [], objectives = [] }: ServiceInFull): boolean =>
  metrics.length + objectives.length > 0;

interface Props {
  of: ServiceInFull;
  /** With all that is known, where there is room for it. */
  full?: boolean;
}

export function Measured({ of, full = false }: Props) {
  const { metrics = [], objectives = [] } = of;
  return (
    <>
      {objectives.length > 0 && (
        <ul className="budgets">
          {objectives.map((one) => (
            <Budget key={one.name} of={one} full={full} />
          ))}
        </ul>
      )}
      {metrics.length > 0 && (
        <ul className="metrics">
          {metrics.map((one) => (
            <Metric key={one.name} of={one} service={of.ref} />
          ))}
        </ul>
      )}
    </>
  );
}
