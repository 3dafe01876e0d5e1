import { spawnSync } from 'node:child_process';
import { isThere } from './host.ts';

/** Why this machine cannot have hosts; undefined when it can. */
export function whatIsMissing(): string | undefined {
  if (process.platform !== 'linux') return 'this needs network namespaces, which only Linux has.';
  if (process.getuid?.() !== 0) return 'this needs root, for network namespaces and mounts.';
  const tools = ['unshare', 'nsenter', 'ip', 'tc', 'mkfs.ext4', 'apt-get', 'dpkg-deb'];
  const absent = tools.filter((tool) => !isThere(tool));
  if (absent.length > 0) return `${absent.join(', ')} is not here.`;
  const space = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true']);
  return space.status === 0 ? undefined : 'namespaces are not allowed here.';
}
