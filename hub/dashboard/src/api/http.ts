/** One way to the server: problems become `Problem`, a 401 tells the log-in page. */

export class Problem extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail: string | null,
    readonly request: string | null,
    /** What is wrong and where, one by one. */
    readonly faults: readonly Fault[] = [],
  ) {
    super(title);
  }
}

export interface Fault {
  loc: string;
  msg: string;
}

type Watcher = () => void;
const watchers = new Set<Watcher>();
let csrf: string | null = null;

/** Be told whenever the server asks who we are. Returns how to stop. */
export function onUnauthorised(watcher: Watcher): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function rememberCsrf(token: string | null): void {
  csrf = token;
}

async function problemOf(response: Response): Promise<Problem> {
  const request = response.headers.get("X-Request-Id");
  const body: unknown = await response.json().catch(() => null);
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const text = (key: string) => (typeof fields[key] === "string" ? fields[key] : null);
  const title = text("title") ?? response.statusText;
  const faults = Array.isArray(fields.errors) ? (fields.errors as Fault[]) : [];
  return new Problem(response.status, title, text("detail"), text("request_id") ?? request, faults);
}

async function answer(response: Response): Promise<unknown> {
  if (response.status === 401) watchers.forEach((tell) => tell());
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? null : response.json();
}

export type Query = Record<string, string | number | readonly string[] | undefined>;

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? value : [value];
    for (const one of values) if (one !== undefined) search.append(key, String(one));
  }
  const text = search.toString();
  return `/api/v1/${path}${text ? `?${text}` : ""}`;
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const headers = { Accept: "application/json" };
  return (await answer(await fetch(address(path, query), { headers, signal }))) as T;
}

/** With `version` it is carried out only on what was seen; else the answer is a problem 412. */
export async function send<T>(method: string, path: string, body?: unknown, version?: number | null): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (csrf) headers["X-Milepost-CSRF"] = csrf;
  if (typeof version === "number") headers["If-Match"] = `"${version}"`;
  const init = { method, headers, body: body === undefined ? undefined : JSON.stringify(body) };
  return (await answer(await fetch(address(path), init))) as T;
}
