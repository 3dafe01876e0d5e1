import type {
  RealtimeChannel,
  RealtimeChannelOptions,
  RealtimeClient as Real,
  RealtimeClientOptions,
} from '@supabase/supabase-js';

/**
 * Takes the place of supabase-js's Realtime client (by an alias in vite.config.ts) and loads the real one, 17 kB, on
 * the first subscription, which visitors who are not signed in never make. `staybase.channel` works after
 * `await staybase.realtime.setAuth()`, which `live` of @staybase/client calls.
 */
export class RealtimeClient {
  #real: Real | undefined;
  #loading: Promise<Real> | undefined;
  readonly #load: () => Promise<Real>;

  constructor(url: string, options: RealtimeClientOptions) {
    this.#load = async () => {
      const { RealtimeClient } = await import('@supabase/realtime-js/dist/module/index.js');
      return this.#real = new RealtimeClient(url, options);
    };
  }

  /** supabase-js passes a token on each sign-in; without a channel, there is nobody to pass it on to. */
  async setAuth(token?: string | null): Promise<void> {
    if (token && !this.#real) return;
    try {
      await (await (this.#loading ??= this.#load())).setAuth(token);
    } catch (error) {
      if (!this.#real) this.#loading = undefined;
      throw error;
    }
  }

  channel(topic: string, options?: RealtimeChannelOptions): RealtimeChannel {
    if (!this.#real) throw new Error('Await realtime.setAuth() before the first channel.');
    return this.#real.channel(topic, options);
  }

  getChannels = (): RealtimeChannel[] => this.#real?.getChannels() ?? [];
  removeChannel = (channel: RealtimeChannel) => this.#real!.removeChannel(channel);
  removeAllChannels = async () => await this.#real?.removeAllChannels() ?? [];
  disconnect = async () => await this.#real?.disconnect();
}
