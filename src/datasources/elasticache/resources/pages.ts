/** Reads all pages of a describe request, which ElastiCache links by `Marker`. */
export async function allPages<Item>(
  page: (marker: string | undefined) => Promise<{ items: readonly Item[] | undefined; marker: string | undefined }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let marker: string | undefined;
  do {
    const result = await page(marker);
    all.push(...(result.items ?? []));
    ({ marker } = result);
  } while (marker !== undefined && marker !== '');
  return all;
}
