import { addressesOf, runningPorts, stackSettings } from '../../local/settings.ts';
import { type FileAccess, storageApi } from '../backup/files.ts';
import { DataProblem } from './problem.ts';

/** The marketplace that the environment names, or without DATABASE_URL the running embedded stack. */
export function marketplace(): { databaseUrl: string; storage: FileAccess | undefined } {
  const { DATABASE_URL, SUPABASE_URL, SUPABASE_SECRET_KEY } = process.env;
  if (DATABASE_URL) {
    if (/:6543\b/.test(DATABASE_URL)) {
      throw new DataProblem(
        'Port 6543 is a pooler in transaction mode. Use the direct connection or the session pooler, port 5432.',
      );
    }
    return {
      databaseUrl: DATABASE_URL,
      storage: SUPABASE_URL && SUPABASE_SECRET_KEY
        ? storageApi(SUPABASE_URL.replace(/\/$/, ''), SUPABASE_SECRET_KEY)
        : undefined,
    };
  }
  const { database_url, url, secret_key } = addressesOf(runningPorts(stackSettings()));
  return { databaseUrl: database_url, storage: storageApi(url, secret_key) };
}
