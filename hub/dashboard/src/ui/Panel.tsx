/** A section with its four states: loading, empty, partial, failed. Never a blank panel. */

import { useEffect, useId, useState, type ReactNode } from "react";
import { Button } from "react-aria-components";

export interface Failure {
  title: string;
  detail: string;
  retry: string;
  onRetry: () => void;
}

interface Props {
  title: string;
  aside?: ReactNode;
  loading?: boolean;
  loadingLabel?: string;
  /** Rows of the skeleton: about the height of what will come. */
  rows?: number;
  failure?: Failure | null;
  /** Whether `children` has something to show; a table without an answer would claim "none". */
  known?: boolean;
  partial?: ReactNode;
  empty?: ReactNode;
  children?: ReactNode;
  className?: string;
}

export function Panel({ title, aside, children, className = "", ...state }: Props) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      <Body {...state}>{children}</Body>
    </section>
  );
}

function Body(props: Omit<Props, "title" | "aside" | "className">) {
  const { loading, loadingLabel, rows = 3, failure, known = true, partial, empty, children } = props;
  if (loading) return <Skeleton rows={rows} label={loadingLabel ?? ""} />;
  return (
    <>
      {failure && <Failed {...failure} />}
      {partial && <p className="note partial">{partial}</p>}
      {!failure && empty ? <div className="note">{empty}</div> : known && children}
    </>
  );
}

export function Failed({ title, detail, retry, onRetry }: Failure) {
  return (
    <div className="note failed" role="alert">
      <strong>{title}</strong>
      <span>{detail}</span>
      <Button className="button" onPress={onRetry}>
        {retry}
      </Button>
    </div>
  );
}

/** Grey rows, only after 200 ms: what comes at once should not flicker. */
export function Skeleton({ rows, label }: { rows: number; label: string }) {
  const [visible, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={`skeleton${visible ? " visible" : ""}`} role="status">
      <span className="sr">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className="bar" />
      ))}
    </div>
  );
}
