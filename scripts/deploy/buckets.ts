import { readFileSync } from 'node:fs';
import { inProject } from '../../local/paths.ts';

/** A bucket as supabase/config.toml has it; the migrations make the same ones. */
export interface Bucket {
  id: string;
  public: boolean;
  bytes: number;
  types: string[];
}

export function readBuckets(
  config = readFileSync(inProject('supabase', 'config.toml'), 'utf8'),
): Bucket[] {
  return [...config.matchAll(/^\[storage\.buckets\.([\w-]+)\]\n((?:(?!\[).*\n?)*)/gm)].map(
    ([, id = '', section = '']) => {
      const value = (key: string) => new RegExp(`^${key} = (.*)$`, 'm').exec(section)?.[1] ?? '';
      const size = /^"(\d+)MiB"$/.exec(value('file_size_limit'))?.[1];
      if (size === undefined) {
        throw new Error(`The bucket ${id} in config.toml has no limit in MiB.`);
      }
      return {
        id,
        public: value('public') === 'true',
        bytes: Number(size) * 1024 * 1024,
        types: JSON.parse(value('allowed_mime_types')),
      };
    },
  );
}
