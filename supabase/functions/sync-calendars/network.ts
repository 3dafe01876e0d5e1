import { close, type Network } from './fetch-calendar.ts';

/** The network of this machine. */
export const openNetwork = (): Network => ({
  async resolve(name) {
    const answers = await Promise.allSettled([
      Deno.resolveDns(name, 'A'),
      Deno.resolveDns(name, 'AAAA'),
    ]);
    // IPv4 first: not every machine reaches the other one.
    return answers.flatMap((answer) => answer.status === 'fulfilled' ? answer.value : []);
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
