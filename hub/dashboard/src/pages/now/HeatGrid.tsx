/** Row 3: which service stands in the way of which milestone; a shape and a count, then a tint. */

import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { Listing, Milestone } from "../../api/types";
import { useT } from "../../i18n";
import { heat, type Cell, type FiringGroup } from "../../lib/board";
import { severity } from "../../lib/words";
import { Panel } from "../../ui/Panel";
import { Shape } from "../../ui/Shape";
import { useFailure } from "../parts/failures";
import { Open } from "../parts/parts";
import { useName } from "../parts/named";

const SERVICES = 8;
const MILESTONES = 7;

interface Props {
  groups: readonly FiringGroup[];
  milestones: UseQueryResult<Listing<Milestone>>;
  loading: boolean;
}

export function HeatGrid({ groups, milestones, loading }: Props) {
  const t = useT();
  const name = useName();
  const failure = useFailure(milestones, t("heat.title"));
  const grid = heat(groups, milestones.data?.items ?? []);
  const services = grid.services.slice(0, SERVICES);
  const columns = grid.milestones.slice(0, MILESTONES);
  const left = {
    services: grid.services.length - services.length,
    milestones: grid.milestones.length - columns.length,
  };
  return (
    <Panel
      title={t("heat.title")}
      aside={<span className="mute">{t("heat.what")}</span>}
      loading={loading || milestones.isPending}
      loadingLabel={t("loading")}
      failure={failure}
      known={milestones.data !== undefined}
      empty={(services.length === 0 || columns.length === 0) && <p>{t("heat.none")}</p>}
    >
      <div className="scroll" tabIndex={0} role="group" aria-label={t("heat.title")}>
        <table className="heat">
          <thead>
            <tr>
              <th scope="col">{t("service")}</th>
              {columns.map((one) => (
                <th scope="col" key={one.ref}>
                  <Open kind="milestone" at={one.ref}>
                    {name(one.ref, one.title)}
                  </Open>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {services.map((service) => (
              <tr key={service}>
                <th scope="row">
                  <Open kind="open" at={`service:${service}`}>
                    {name(service)}
                  </Open>
                </th>
                {columns.map((one) => (
                  <td key={one.ref}>
                    <HeatCell cell={grid.cell(service, one.ref)} service={service} milestone={one.ref} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {(left.services > 0 || left.milestones > 0) && <p className="more mute">{t("heat.left", left)}</p>}
    </Panel>
  );
}

function HeatCell(props: { cell: Cell | null; service: string; milestone: string }) {
  const t = useT();
  const name = useName();
  const { cell, service, milestone } = props;
  if (!cell) return <span className="mute num">0</span>;
  const { key, shape, tone } = severity(cell.severity);
  return (
    <Link
      to="/"
      search={(before) => ({ ...before, service, hurts: milestone })}
      className={`cell tone-${tone}`}
      aria-label={t("heat.cell", {
        n: cell.count,
        severity: t(key),
        service: name(service),
        milestone: name(milestone),
      })}
    >
      <Shape name={shape} size={11} /> <b className="num">{cell.count}</b>
    </Link>
  );
}
