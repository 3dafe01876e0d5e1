import { readFileSync } from 'node:fs';
import { inProject } from '../../local/paths.ts';

/** A row of the table in docs/api.md: a capability, its verbs and its guides. */
export interface Capability {
  name: string;
  verbs: string[];
  guides: { title: string; path: string }[];
}

/** What is in no row of the table. */
export const forServers: Capability = { name: 'Servers and operators', verbs: [], guides: [] };

export function readCapabilities(): Capability[] {
  const rows = readFileSync(inProject('docs', 'api.md'), 'utf8').matchAll(
    /^\| (?!capability|---)([^|]+) \|(.+)\|$/gm,
  );
  return [...rows].map(([, first = '', rest = '']) => {
    const links = [
      ...first.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g),
      ...rest.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g),
    ];
    const name = first.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').trim();
    return {
      name: name[0]!.toUpperCase() + name.slice(1),
      verbs: [...rest.matchAll(/`([a-z_]+)`/g)].map(([, verb = '']) => verb),
      guides: links.map(([, title = '', path = '']) => ({ title, path })),
    };
  });
}
