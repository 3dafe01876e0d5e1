/**
 * The graph: PostGraphile 5's schema builder with our names, reach and scalars. Its parts are listed
 * here one by one, because PostGraphile's own package brings a web server and an editor along.
 */
import { makePgService } from '@dataplan/pg/adaptors/pg';
import { PgSimplifyInflectionPreset } from '@graphile/simplify-inflection';
import { defaultPreset as graphileBuild } from 'graphile-build';
import { defaultPreset as graphileBuildPg, PgRegistryReductionPlugin } from 'graphile-build-pg';
import { answersPlugin } from './plugins/answers.ts';
import { daysPlugin } from './plugins/days.ts';
import { descriptionsPlugin } from './plugins/descriptions.ts';
import { linksPlugin } from './plugins/links.ts';
import { namesPlugin } from './plugins/names.ts';
import { reachPlugin } from './plugins/reach.ts';
import { scalarsPlugin } from './plugins/scalars.ts';

/** @param url connects as the login of the function: what it may become, the graph shows */
export const presetOf = (url: string): GraphileConfig.Preset => ({
  extends: [graphileBuild, graphileBuildPg, PgSimplifyInflectionPreset],
  plugins: [
    answersPlugin,
    daysPlugin,
    descriptionsPlugin,
    linksPlugin,
    namesPlugin,
    reachPlugin,
    scalarsPlugin,
    // Leaves out object ids of this one database, so that another gives the same file.
    PgRegistryReductionPlugin,
  ],
  disablePlugins: [
    // Global ids: rows have uuids of their own.
    'NodePlugin',
    'AddNodeInterfaceToSuitableTypesPlugin',
    'NodeIdCodecBase64JSONPlugin',
    'NodeIdCodecPipeStringPlugin',
    'RegisterQueryNodePlugin',
    'NodeAccessorPlugin',
    'PgTableNodePlugin',
    'PgNodeIdAttributesPlugin',
    // A mutation answers with what it changed, not with the whole graph once more.
    'MutationPayloadQueryPlugin',
    'PgMutationPayloadEdgePlugin',
    // Counts everything under policies: a slow answer to a question that search answers better.
    'PgConnectionTotalCountPlugin',
    // Nothing here uses these.
    'SubscriptionPlugin',
    'BuiltinScalarConnectionsPlugin',
    'PgJWTPlugin',
    'PgLtreePlugin',
    'PgEnumTablesPlugin',
    'PgEnumDomainsPlugin',
    'PgPolymorphismPlugin',
    'PgPolymorphismOnlyArgumentPlugin',
    'PgInterfaceModeUnionAllRowsPlugin',
  ],
  // An argument without a default is required.
  gather: { pgStrictFunctions: true },
  schema: { pgForbidSetofFunctionsToReturnNull: true },
  pgServices: [makePgService({ connectionString: url, schemas: ['public'] })],
});
