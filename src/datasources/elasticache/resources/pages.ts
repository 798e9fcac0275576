/** All items of a describe operation, page by page through its `Marker`s. */
export async function allPages<Item>(
  page: (marker: string | undefined) => Promise<{ items: readonly Item[] | undefined; marker: string | undefined }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let marker: string | undefined;
  do {
    const answer = await page(marker);
    all.push(...(answer.items ?? []));
    ({ marker } = answer);
  } while (marker !== undefined && marker !== '');
  return all;
}
