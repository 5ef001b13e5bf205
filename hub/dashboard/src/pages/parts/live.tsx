/** Keeps the lists in step with the hub, and says how well that works. */

import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";

import { join, type Live } from "../../api/live";
import { refresher } from "../../api/refresh";
import { address } from "../../api/http";

const POLL = 30_000;

const LiveContext = createContext<Live>({ state: "connecting", since: 0 });

export const useLive = () => useContext(LiveContext);

export function LiveBoard({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>({ state: "connecting", since: Date.now() });
  const [refresh] = useState(() => refresher(client));
  useEffect(
    () =>
      join({
        url: address("events"),
        hear: (told) => {
          if (told.type === "change") {
            for (const kind of told.change.kinds ?? [told.change.kind]) refresh.changed(kind);
          }
          if (told.type === "resync") refresh.everything();
          if (told.type === "state") setLive(told.live);
        },
      }),
    [refresh],
  );
  useEffect(() => {
    if (live.state === "live") return;
    const poll = setInterval(() => refresh.everything(), POLL);
    return () => clearInterval(poll);
  }, [live.state, refresh]);
  return <LiveContext value={live}>{children}</LiveContext>;
}
