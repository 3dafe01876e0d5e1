import type { SupabaseClient } from '@supabase/supabase-js';
import { graphql } from './generated/gql';
import type { TypedDocumentString } from './generated/graphql';

/** Asks the graph; what comes back has the type of what was asked for. */
export async function ask<Result, Variables>(
  supabase: SupabaseClient,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const { data, error } = await supabase.functions.invoke('graphql', {
    body: { query: document.toString(), variables },
  });
  if (error) throw error;
  if (data.errors) {
    throw Object.assign(new Error(data.errors[0].message), data.errors[0].extensions);
  }
  return data.data;
}

const search = graphql(`
  query Search($west: Float!, $south: Float!, $east: Float!, $north: Float!, $from: Date!, $to: Date!) {
    searchListings(
      west: $west, south: $south, east: $east, north: $north, checkIn: $from, checkOut: $to, guests: 2
    ) {
      title
      totalMinor
      currency
      listing {
        host {
          displayName
        }
        photos(first: 1) {
          nodes {
            storagePath
          }
        }
      }
    }
  }
`);

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** The homes of a map that are free, a line each. */
export async function freeHomes(supabase: SupabaseClient, box: Box, from: string, to: string) {
  const { searchListings } = await ask(supabase, search, { ...box, from, to });
  return (searchListings ?? []).map(({ title, totalMinor, currency, listing }) =>
    `${title}, ${Number(totalMinor) / 100} ${currency}, by ${
      listing?.host?.displayName ?? 'somebody'
    }`
  );
}
