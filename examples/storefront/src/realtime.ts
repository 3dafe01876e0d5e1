import type {
  RealtimeChannel,
  RealtimeChannelOptions,
  RealtimeClient as Real,
  RealtimeClientOptions,
} from '@supabase/supabase-js';

/**
 * The Realtime client that supabase-js is built with here (an alias in vite.config.ts): the real one, 17 kB, is
 * loaded when somebody first listens, which strangers never do. `staybase.channel` is there after
 * `await staybase.realtime.setAuth()`, as `live` of @staybase/client does it.
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

  /** With a token it is supabase-js that tells who is signed in: without a channel nobody has to know. */
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
