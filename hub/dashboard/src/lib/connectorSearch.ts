/** The address of the Connectors page, read. It is apart because each page needs the reading of addresses. */

export interface ConnectorSearch {
  /** The connector, or the list of one (`rejected:am-main`), that stands beside the page. */
  open?: string;
  state?: string;
}

export function readConnectors({ open, state }: Record<string, unknown>): ConnectorSearch {
  return { ...(open ? { open: String(open) } : {}), ...(state ? { state: String(state) } : {}) };
}
