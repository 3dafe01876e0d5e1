import type { CodegenConfig } from '@graphql-codegen/cli';

export default {
  // In a project of your own, a copy of this file, or the address of a local stack.
  schema: '../../supabase/functions/graphql/schema.graphql',
  documents: ['search.ts'],
  // With `moduleResolution: nodenext`, which wants extensions, add `importExtension: '.ts'` here and
  // `allowImportingTsExtensions` in tsconfig.json; `bundler` needs neither.
  generates: {
    'generated/': {
      preset: 'client',
      // Writes generated/persisted-documents.json, which `npm run documents` of Staybase takes.
      presetConfig: { persistedDocuments: { hashAlgorithm: 'sha256' } },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        skipTypename: true,
        scalars: {
          Cursor: 'string',
          Date: 'string',
          DateTime: 'string',
          JSON: 'unknown',
          SafeInt: 'number',
          TextCsv: 'string',
          TimeOfDay: 'string',
          UUID: 'string',
        },
      },
    },
  },
} satisfies CodegenConfig;
