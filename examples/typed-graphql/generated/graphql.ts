/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type SearchQueryVariables = Exact<{
  west: number;
  south: number;
  east: number;
  north: number;
  from: string;
  to: string;
}>;


export type SearchQuery = { searchListings: Array<{ title: string, totalMinor: number | null, currency: string, listing: { host: { displayName: string } | null, photos: { nodes: Array<{ storagePath: string }> } } | null }> | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const SearchDocument = new TypedDocumentString(`
    query Search($west: Float!, $south: Float!, $east: Float!, $north: Float!, $from: Date!, $to: Date!) {
  searchListings(
    west: $west
    south: $south
    east: $east
    north: $north
    checkIn: $from
    checkOut: $to
    guests: 2
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
    `, {"hash":"sha256:7b5412af69d08b38a0dd17362a993271b7de2175f98219f946ac8941ce3d4fa9"}) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;