// What the build put beside the page: models and sample streams.

export interface CatalogEntry {
  id: string;
  label: string;
  /** Relative to the page. */
  url: string;
  sizeBytes: number;
}

export interface Catalog {
  models: CatalogEntry[];
  streams: CatalogEntry[];
}

export async function loadCatalog(): Promise<Catalog> {
  return (await fetched("catalog.json")).json() as Promise<Catalog>;
}

export async function loadStream(entry: CatalogEntry): Promise<Uint8Array> {
  return new Uint8Array(await (await fetched(entry.url)).arrayBuffer());
}

async function fetched(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) {
    throw Object.assign(new Error(`${url}: HTTP ${response.status}`), { name: "LoadError", code: "load_failed" });
  }
  return response;
}
