import type { Database } from '../_shared/database.ts';
import type { Handler } from '../_shared/http.ts';
import { Problem } from '../_shared/problem.ts';
import { contentType, exposition } from './exposition.ts';

export interface Ports {
  isWatcher(request: Request): Promise<boolean>;
  database: Pick<Database, 'call'>;
}

/** All figures as text for Prometheus. Throws `secret_key_required`. */
export function tellMetrics({ isWatcher, database }: Ports): Handler {
  return async (request) => {
    if (!await isWatcher(request)) {
      throw new Problem('secret_key_required', 'This needs METRICS_TOKEN or the secret key.');
    }
    const asked = performance.now();
    const samples = await database.call('metrics', {});
    const value = (performance.now() - asked) / 1000;
    samples.push({ metric: 'staybase_scrape_duration_seconds', labels: {}, value });
    return new Response(exposition(samples), {
      headers: { 'content-type': contentType, 'cache-control': 'no-store' },
    });
  };
}
