import type { RealtimeDatabase, Told } from './database.ts';
import { type Binding, filterOf } from './filters.ts';
import type { Change } from './pgoutput.ts';
import { BadToken, type Claims, claimsOf, expired } from './token.ts';

/** Sends a message on this channel to its client. */
export type Push = (event: string, payload: unknown) => void;

interface Listening extends Binding {
  id: number;
  columns: { name: string; type: string }[];
  isWanted(row: Record<string, unknown>): boolean;
}

/** Why a join is refused, in the words of hosted Realtime. */
export class Refused extends Error {}

let lastId = 0;

/** One client in one private topic. */
export class Channel {
  /** Without the prefix `realtime:`. */
  readonly topic: string;
  /** As the client listed them, each with its id. */
  bindings: (Binding & { id: number })[] = [];
  readonly #push: Push;
  readonly #end: () => void;
  #claims: Claims;
  #listening: Listening[] = [];
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    claims: Claims,
    topic: string,
    push: Push,
    end: () => void,
  ) {
    this.topic = topic;
    this.#push = push;
    this.#end = end;
    this.#claims = claims;
  }

  /**
   * @param end takes the channel out of what its client joined
   * @throws Refused
   */
  static async join(
    database: RealtimeDatabase,
    topic: string,
    payload: unknown,
    push: Push,
    end: () => void,
  ): Promise<Channel> {
    const { access_token, config } = (payload ?? {}) as {
      access_token?: string;
      config?: { private?: boolean; postgres_changes?: Binding[] };
    };
    // As a Staybase project must be configured (docs/operations.md).
    if (config?.private !== true) {
      throw new Refused('PrivateOnly: This project only allows private channels');
    }
    const channel = new Channel(
      await admitted(database, access_token, topic),
      topic,
      push,
      end,
    );
    channel.bindings = (config.postgres_changes ?? []).map((binding) => ({
      ...binding,
      id: ++lastId,
    }));
    channel.#endInTime();
    return channel;
  }

  get listens(): boolean {
    return this.#listening.length > 0;
  }

  /** Starts listening to tables, if the client asked for any, and confirms it. */
  async listen(database: RealtimeDatabase): Promise<void> {
    if (this.bindings.length === 0) return;
    try {
      this.#listening = await Promise.all(this.bindings.map(async (binding) => {
        const columns = await database.published(binding.schema ?? 'public', binding.table ?? '');
        if (columns.length === 0) {
          throw new Error(
            'Unable to subscribe to changes with given parameters: no such published table',
          );
        }
        return { ...binding, columns, isWanted: filterOf(binding, columns) };
      }));
      await database.followLog();
      this.#system('ok', 'postgres_changes', 'Subscribed to PostgreSQL');
    } catch (error) {
      this.#listening = [];
      this.#system('error', 'postgres_changes', (error as Error).message);
    }
  }

  told({ event, payload }: Told): void {
    if (this.#isOver()) return;
    this.#push('broadcast', { type: 'broadcast', event, payload });
  }

  /** Sends a change, if this person may see the row and asked for it. */
  async changed(database: RealtimeDatabase, change: Change): Promise<void> {
    const { relation, type, key, committedAt } = change;
    const concerned = this.#listening.filter((one) =>
      one.schema === relation.schema && one.table === relation.table &&
      (one.event === '*' || one.event === type)
    );
    if (concerned.length === 0 || this.#isOver()) return;
    const record = await database.rowFor(this.#claims, change);
    if (record === undefined) return;
    const wanted = concerned.filter((one) => one.isWanted(record));
    if (wanted[0] === undefined || this.#isOver()) return;
    this.#push('postgres_changes', {
      ids: wanted.map(({ id }) => id),
      data: {
        ...{ schema: relation.schema, table: relation.table, type, errors: null },
        commit_timestamp: committedAt.toISOString(),
        columns: wanted[0].columns,
        record,
        ...(type === 'UPDATE' ? { old_record: key } : {}),
      },
    });
  }

  /** The client has a new token, of the same person or another: its access is checked again. */
  async renew(database: RealtimeDatabase, token: unknown): Promise<void> {
    try {
      this.#claims = await admitted(database, token, this.topic);
      this.#endInTime();
    } catch (error) {
      this.#shutDown((error as Error).message);
    }
  }

  #endInTime(): void {
    clearTimeout(this.#timer);
    const { exp } = this.#claims;
    if (exp === undefined) return;
    // A timer cannot be longer than 24 days.
    this.#timer = setTimeout(() => {
      if (this.#isOver()) this.#shutDown(expired(exp));
      else this.#endInTime();
    }, Math.min(Math.max(0, exp * 1000 - Date.now()), 86_400_000));
  }

  #isOver(): boolean {
    const { exp } = this.#claims;
    return exp !== undefined && exp * 1000 <= Date.now();
  }

  #shutDown(why: string): void {
    this.#system('error', 'system', why);
    this.#push('phx_close', {});
    this.#end();
  }

  #system(status: 'ok' | 'error', extension: string, message: string): void {
    this.#push('system', { status, extension, message, channel: this.topic });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listening = [];
  }
}

/** The owner of a token, if that person may listen to the topic. */
async function admitted(
  database: RealtimeDatabase,
  token: unknown,
  topic: string,
): Promise<Claims> {
  let claims: Claims;
  try {
    claims = claimsOf(token);
  } catch (error) {
    throw new Refused(error instanceof BadToken ? error.message : 'The token is malformed');
  }
  if (await database.mayHear(claims, topic)) return claims;
  throw new Refused(
    `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`,
  );
}
