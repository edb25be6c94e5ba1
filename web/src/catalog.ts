// What the build put beside the page: models and sample streams.

export interface CatalogEntry {
  id: string;
  label: string;
  /** Relative to the page. */
  url: string;
}

export interface Catalog {
  models: CatalogEntry[];
  streams: CatalogEntry[];
}

export async function loadCatalog(): Promise<Catalog> {
  return read("catalog.json", (response) => response.json() as Promise<Catalog>);
}

export async function loadStream(entry: CatalogEntry, signal: AbortSignal): Promise<Uint8Array> {
  return new Uint8Array(await read(entry.url, (response) => response.arrayBuffer(), signal));
}

/** Fetches and reads; whatever fails on the way, the network included, is a LoadError that names the file. */
async function read<T>(url: string, body: (response: Response) => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return await body(response);
  } catch (cause) {
    const message = `${url}: ${(cause as Error).message}`;
    throw Object.assign(new Error(message, { cause }), { name: "LoadError", code: "load_failed" });
  }
}
