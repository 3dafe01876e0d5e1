import { environmentName, optionalSetting } from '../_shared/environment.ts';
import { serve } from '../_shared/http.ts';
import { openCallers } from './caller.ts';
import { openSessions } from './sessions.ts';
import { answerDocuments } from './handler.ts';

export default serve({
  name: 'graphql',
  browsers: true,
  open: () =>
    answerDocuments({
      callers: openCallers(),
      sessions: openSessions(),
      introspection: environmentName() === 'local',
      onlyPersisted: optionalSetting('GRAPHQL_ONLY_PERSISTED') === 'true',
    }),
});
