import { z } from 'zod';

/** What the function takes; GraphQL over HTTP. */
export const documentRequest = z.object({
  query: z.string().optional(),
  /** As GraphQL over HTTP has it, and graphql-codegen writes it. */
  documentId: z.string().regex(/^sha256:[0-9a-f]{64}$/).nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
  extensions: z.object({
    persistedQuery: z.object({ sha256Hash: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
  }).nullish(),
});
