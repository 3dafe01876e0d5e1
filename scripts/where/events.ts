import { globSync } from 'node:fs';
import { projectDirectory } from '../../local/paths.ts';
import { linesOf } from '../shared/definitions.ts';
import type { Place } from './place.ts';

/** The types of Stripe's events, each with what is done about it. */
export function eventPlaces(): Place[] {
  const folder = 'supabase/functions/stripe-webhook';
  const path = `${folder}/handler.ts`;
  const deeds = new Map(
    globSync(`${folder}/*.ts`, { cwd: projectDirectory }).sort().flatMap((file) =>
      linesOf(file).flatMap((line, at, lines): [string, string][] => {
        const [, name] = /^export const (\w+): EventHandler/.exec(line) ?? [];
        const remark = /^\/\*\* (.*) \*\/$/.exec(lines[at - 1] ?? '')?.[1];
        return name === undefined
          ? []
          : [[name, `${file}:${at + 1}  ${name}${remark === undefined ? '' : `: ${remark}`}`]];
      })
    ),
  );
  const ofWebhook = linesOf(path).flatMap((line, at): Place[] => {
    const [, name, deed = ''] = /^ {2}'([\w.]+)': (\w+),$/.exec(line) ?? [];
    return name === undefined ? [] : [event(name, path, at + 1, deeds.get(deed))];
  });
  const hostPath = 'supabase/functions/stripe-host-webhook/handler.ts';
  const ofHosts = linesOf(hostPath).flatMap((line, at): Place[] => {
    const [, name] = /^ {2}'(v2\.[\w.[\]]+)',$/.exec(line) ?? [];
    return name === undefined ? [] : [event(name, hostPath, at + 1)];
  });
  return [...ofWebhook, ...ofHosts];
}

const event = (name: string, path: string, line: number, says?: string): Place => ({
  kind: 'event',
  name,
  path,
  line,
  says: says === undefined ? [] : [says],
  about: '',
});
