import { addressesOf } from '../_shared/addresses-of.ts';
import { close, type Network } from './fetch-calendar.ts';

/** The network of this machine. */
export const openNetwork = (): Network => ({
  resolve: addressesOf,
  async connect(address, port, secureFor) {
    const connection = await Deno.connect({ hostname: address, port });
    if (secureFor === undefined) return connection;
    try {
      return await Deno.startTls(connection, { hostname: secureFor, alpnProtocols: ['http/1.1'] });
    } catch (error) {
      close(connection);
      throw error;
    }
  },
});
