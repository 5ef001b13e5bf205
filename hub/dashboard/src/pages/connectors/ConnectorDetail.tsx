/** One connector in full: how it is, what is wrong and what helps, and what an admin may do. */

import { useQuery } from "@tanstack/react-query";

import { connectorHealth, looked } from "../../api/connectors";
import type { Connector, ConnectorHealth } from "../../api/types";
import { useT } from "../../i18n";
import { sourceState } from "../../lib/words";
import { Chip } from "../../ui/Chip";
import { Asked } from "../details/Asked";
import { Since } from "../parts/parts";
import { useMay } from "../parts/may";
import { Said } from "../parts/Said";
import { Actions } from "./Actions";
import { Check } from "./Check";
import { Errors } from "./Errors";
import { HealthFacts } from "./HealthFacts";
import { Guard } from "./Guard";
import { Ledger } from "./Ledger";
import { Onboard } from "./Onboard";
import { Standing } from "./Standing";
import { Strip, StripTable } from "./Strip";
import { SurveyOf } from "./SurveyOf";
import { Warnings } from "./Warnings";
import { Writes } from "./Writes";

export function ConnectorDetail({ id }: { id: string }) {
  const t = useT();
  const asked = useQuery(connectorHealth(id));
  const listed = useQuery(looked).data?.items.find((one) => one.id === id);
  const may = useMay();
  return (
    <Asked asked={asked} what={t("connectors.one")}>
      {(health) => (
        <>
          <h2 className="detail-title">
            {id} <small>{listed?.sample ? t("sources.sample") : listed?.title}</small>
          </h2>
          <Condition health={health} listed={listed} />
          <Guard health={health} may={may("sync_connector")} />
          {may("sync_connector") ? (
            <Actions health={health} />
          ) : (
            <p className="mute">{t("connectors.may_not")}</p>
          )}
          <HealthFacts health={health} listed={listed} />
          <h3>{t("connectors.day")}</h3>
          <Strip hours={health.hours} />
          <StripTable hours={health.hours} />
          <Standing health={health} />
          {health.checks && may("check_connector") && <Check id={id} />}
          <Writes health={health} may={may("switch_writes")} />
          <Ledger connector={id} can={health.can.length > 0} />
          {health.onboards && may("get_onboarding") && <Onboard id={id} />}
          {health.surveys && may("get_survey") && <SurveyOf id={id} />}
          <Errors errors={health.errors} polls={health.polls} />
        </>
      )}
    </Asked>
  );
}

function Condition({ health, listed }: { health: ConnectorHealth; listed: Connector | undefined }) {
  const t = useT();
  const { key, shape, tone } = sourceState(health.state);
  return (
    <>
      <p className="states">
        <Chip shape={shape} tone={tone}>
          {t(key)}
        </Chip>
        {health.since && (
          <span className="mute">
            {t("connectors.since")} <Since at={health.since} label={t("connectors.since")} />
          </span>
        )}
      </p>
      {health.message && (
        <p className="why">
          <Said words={health.message} />
        </p>
      )}
      {!health.guard && <p className="mute">{t(`connectors.state.${health.state}`)}</p>}
      {!health.polls && <p className="mute">{t(listed?.receives ? "connectors.only_sent" : "connectors.only_file")}</p>}
      <Warnings of={health} />
    </>
  );
}
