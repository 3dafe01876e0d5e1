import { close, type Network } from './network.ts';

/** The network of this machine. */
export const openNetwork = (): Network => ({
  // IPv4 first: not every machine reaches the other one.
  async resolve(name) {
    const families = await Promise.allSettled([
      Deno.resolveDns(name, 'A'),
      Deno.resolveDns(name, 'AAAA'),
    ]);
    return families.flatMap((family) => family.status === 'fulfilled' ? family.value : []);
  },
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
