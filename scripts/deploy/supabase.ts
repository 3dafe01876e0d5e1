import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inProject } from '../../local/paths.ts';
import { DeployProblem } from './problem.ts';
import type { Target } from './target.ts';

type Project = NonNullable<Target['project']>;

/** Supabase's Management API: https://supabase.com/docs/reference/api */
export async function ask<Answer>(
  { ref, token }: Project,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const base = process.env.SUPABASE_API_URL ?? 'https://api.supabase.com';
  const answer = await fetch(`${base}/v1/projects/${ref}/${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  }).catch((error) => {
    throw new DeployProblem(`Supabase does not answer: ${error.message}`);
  });
  const text = await answer.text();
  if (!answer.ok) {
    // What was sent may be secret, and is not repeated.
    throw new DeployProblem(
      `Supabase refused ${path} with ${answer.status}: ${text.slice(0, 200)}`,
    );
  }
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** Runs the Supabase CLI for a project; answers its exit code and what it printed. */
export async function cli(
  { ref, token }: Project,
  args: string[],
  { workdir = inProject() } = {},
): Promise<{ code: number; said: string }> {
  const program = process.env.SUPABASE_CLI ?? inProject('node_modules', '.bin', 'supabase');
  const running = spawn(program, [...args, `--remote=${ref}`, `--workdir=${workdir}`], {
    cwd: workdir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SUPABASE_ACCESS_TOKEN: token, SUPABASE_TELEMETRY_DISABLED: '1' },
  });
  let said = '';
  const hear = (text: string) => said += text;
  running.stdout.setEncoding('utf8').on('data', hear);
  running.stderr.setEncoding('utf8').on('data', hear);
  const [code] = await once(running, 'close');
  return { code: code ?? 1, said };
}
