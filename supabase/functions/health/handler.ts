import type { HealthPart } from '../_shared/answers.ts';
import type { Database } from '../_shared/database.ts';
import type { Handler } from '../_shared/http.ts';
import { causeOf } from '../_shared/log.ts';

export interface Ports {
  isWatcher(request: Request): Promise<boolean>;
  database: Pick<Database, 'now' | 'call'>;
}

/** Strangers may ask as often as they like: the database hears of it once in so many milliseconds. */
const remembered = 1_000;

/**
 * `/health/live`: this function runs. `/health/ready` (and `/health`): the API and the database behind it
 * answer, too. Both say `{"status": "ok"}`, or 503 and `{"status": "unavailable"}`, and nothing else to a
 * stranger. Whoever watches is also told about each part; a part that is not well leaves the marketplace
 * ready, for taking it out of service would help nobody.
 */
export function tellHealth(open: () => Ports): Handler {
  let ports: Ports | undefined;
  let last: { readiness: Promise<string | undefined>; until: number } | undefined;

  return async (request, note) => {
    if (new URL(request.url).pathname.endsWith('/live')) return answer({ status: 'ok' });
    if (last === undefined || last.until <= performance.now()) {
      last = { readiness: whyNotReady(), until: performance.now() + remembered };
    }
    const cause = await last.readiness;
    if (cause !== undefined) {
      note({ cause });
      return answer({ status: 'unavailable' }, 503);
    }
    const isWatcher = await ports!.isWatcher(request).catch((error) => {
      // METRICS_TOKEN that could be guessed opens nothing, and takes nothing out of service.
      note({ cause: causeOf(error) });
      return false;
    });
    if (!isWatcher) return answer({ status: 'ok' });
    return answer({ status: 'ok', parts: await ports!.database.call('health_report', {}) });
  };

  /** Resolves to what is wrong, such as a setting that is missing; to nothing when all answers. */
  async function whyNotReady(): Promise<string | undefined> {
    try {
      ports ??= open();
      await ports.database.now();
      return undefined;
    } catch (error) {
      return causeOf(error);
    }
  }
}

const answer = (body: { status: string; parts?: HealthPart[] }, status = 200) =>
  Response.json(body, { status, headers: { 'cache-control': 'no-store' } });
