import type { AnyVariables, Client, TypedDocumentNode } from '@urql/core';

/** A mutation's payload: `userErrors` says why nothing was changed. */
interface Payload {
  readonly userErrors: readonly { readonly message: string }[];
}

/** Runs a mutation once and returns its data. Rejects with the message of any failure. */
export async function run<Data extends Record<string, Payload | null>, Variables extends AnyVariables>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { data, error } = await client.mutation(document, variables).toPromise();
  if (error?.networkError) throw new Error('The API cannot be reached', { cause: error });
  if (error || !data) throw new Error(error?.graphQLErrors[0]?.message ?? 'The API gave no answer', { cause: error });
  const refusal = Object.values(data).find((payload) => payload?.userErrors[0])?.userErrors[0];
  if (refusal) throw new Error(refusal.message);
  return data;
}
