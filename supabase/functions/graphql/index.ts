import { environmentName, optionalSetting } from '../_shared/environment.ts';
import { serve } from '../_shared/http.ts';
import { Problem } from '../_shared/problem.ts';
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
      onlyPersisted: isOn('GRAPHQL_ONLY_PERSISTED'),
    }),
});

/** A setting that is true or false; a slip of the pen must not leave a door open. */
function isOn(name: string): boolean {
  const value = optionalSetting(name) ?? 'false';
  if (value !== 'true' && value !== 'false') {
    throw new Problem('not_configured', `${name} is neither true nor false.`);
  }
  return value === 'true';
}
